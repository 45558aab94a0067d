<?php
/* php php.php SITE USER PASSWORD NAME IXR-DIRECTORY: posts, edits, uploads and reads comments with the IXR client that
 * half of PHP's blog editors carry; WordPress brings a copy. */
[, $site, $user, $password, $name, $ixr] = $argv;
error_reporting(E_ALL & ~E_DEPRECATED);
foreach (['server', 'base64', 'client', 'clientmulticall', 'date', 'error', 'message', 'request', 'value'] as $part) {
    require_once "$ixr/class-IXR-$part.php";
}
// The copy asks WordPress's filters, outside of WordPress too.
function apply_filters($name, $value) {
    return $value;
}
$client = new IXR_Client("$site/xmlrpc.php");

function ask(string $method, ...$given) {
    global $client, $user, $password;
    if (!$client->query($method, 1, $user, $password, ...$given)) {
        fwrite(STDERR, "$method: {$client->getErrorCode()} {$client->getErrorMessage()}\n");
        exit(1);
    }
    return $client->getResponse();
}

$bytes = implode('', array_map('chr', range(0, 255)));
$id = ask('wp.newPost', ['post_title' => 'A post', 'post_content' => 'Grüße <b>&amp;</b> ]]>', 'post_status' => 'publish']);
ask('wp.editPost', (int) $id, ['post_title' => "Edited by $name"]);
$file = ask('wp.uploadFile', ['name' => "$name.txt", 'type' => 'text/plain', 'bits' => new IXR_Base64($bytes)]);
$comments = ask('wp.getComments', ['number' => 10]);
$post = ask('wp.getPost', (int) $id);
echo json_encode(['title' => $post['post_title'], 'content' => $post['post_content'], 'url' => $file['url'],
    'comments' => array_column($comments, 'author')]);
