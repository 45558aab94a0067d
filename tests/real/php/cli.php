<?php
/* php cli.php DIRECTORY ACTION: runs actions/ACTION.php inside the WordPress of that directory, with $input from
 * standard input, and prints what the action returns. Both are JSON. */
[, $directory, $action] = $argv;
$settings = json_decode(file_get_contents("$directory/settings.json"), true);
$input = json_decode(stream_get_contents(STDIN), true);
$web = "$directory/www{$settings['subpath']}";
$_SERVER = array_merge($_SERVER, [
    'HTTP_HOST' => $settings['authority'],
    'SERVER_NAME' => explode(':', $settings['authority'])[0],
    'SERVER_PROTOCOL' => 'HTTP/1.1',
    'REQUEST_METHOD' => 'GET',
    'REQUEST_URI' => "{$settings['subpath']}/",
    'PHP_SELF' => "{$settings['subpath']}/index.php",
    'REMOTE_ADDR' => '127.0.0.1',
]);
echo json_encode(require __DIR__ . "/actions/$action.php", JSON_INVALID_UTF8_SUBSTITUTE);
