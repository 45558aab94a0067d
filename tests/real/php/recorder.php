<?php
/* Stands for every script of a WordPress: notes each request as PHP reads it, with the linkback that WordPress would take
 * from it, and answers with the number that it was asked with. */
$raw = file_get_contents('php://input');
$script = basename($_SERVER['SCRIPT_FILENAME']);
$path = rawurldecode(explode('?', $_SERVER['REQUEST_URI'])[0]);
$taken = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if ($script === 'xmlrpc.php') {
        $taken = str_contains($raw, 'pingback.ping') && !isset($_GET['rsd']) ? $raw : '';
    } elseif ($script === 'wp-trackback.php' || preg_match('~/trackback/?\n?$~', $path) || ($_REQUEST['tb'] ?? '') !== '') {
        $taken = in_array($script, ['index.php', 'wp-trackback.php'], true) && !empty($_POST['title']) ? print_r($_POST['url'] ?? '', true) : '';
    }
}
preg_match('~/source/([a-z0-9-]+)~', $taken, $source);
$line = json_encode([
    'method' => $_SERVER['REQUEST_METHOD'],
    'uri' => base64_encode($_SERVER['REQUEST_URI']),
    'linkback' => $source[1] ?? ($taken === '' ? null : ''),
]);
file_put_contents(dirname(__DIR__) . '/requests.jsonl', "$line\n", FILE_APPEND | LOCK_EX);
header('X-Pingback: /xmlrpc.php');
echo 'asked with ', $_GET['n'] ?? 'nothing';
