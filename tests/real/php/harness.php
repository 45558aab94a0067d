<?php
/* A must-use plugin: keeps a WordPress under test on the loopback, and writes down what it executes. */
namespace Pingwarden\Harness;

function is_loopback(string $host): bool {
    return strncmp(gethostbyname($host), '127.', 4) === 0;
}

// WordPress fetches no source from a private address or an unusual port. Tests have nothing else.
add_filter('http_request_host_is_external', fn($external, $host) => $external || is_loopback($host), 10, 2);
add_filter('http_allowed_safe_ports', fn($ports, $host, $url) =>
    array_merge($ports, [(int) parse_url($url, PHP_URL_PORT)]), 10, 3);

// All of the loopback is one machine; a site sends from the address where it listens.
add_action('http_api_curl', fn($handle) => curl_setopt($handle, CURLOPT_INTERFACE, PINGWARDEN['sends_from']));

// Nothing leaves the machine.
add_filter('pre_wp_mail', '__return_true');
add_filter('pre_http_request', fn($answer, $arguments, $url) =>
    is_loopback((string) parse_url($url, PHP_URL_HOST)) ? $answer : new \WP_Error('http_request_failed', 'loopback only'), 10, 3);

// Application passwords need https or a site declared 'local', where 7.1 would switch all pings off.
add_filter('wp_is_application_passwords_available', '__return_true');

// What settings.json says.
if (!PINGWARDEN['flood']) {
    add_filter('comment_flood_filter', '__return_false', 99);
}
foreach (PINGWARDEN['options'] as $name => $value) {
    add_filter("pre_option_$name", fn() => $value);
}

// The trace: one JSON line for each thing that a test may want to know about.
function trace(string $what, array $data): void {
    $line = json_encode(['at' => microtime(true), 'what' => $what, 'data' => $data], JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR);
    file_put_contents(PINGWARDEN_DIR . '/trace.jsonl', "$line\n", FILE_APPEND | LOCK_EX);
}
add_action('xmlrpc_call', fn($method, $arguments = null) =>
    trace('xmlrpc_call', ['method' => $method, 'arguments' => $arguments]), 10, 2);
add_action('pre_trackback_post', fn($post, $url, $charset, $title, $excerpt, $blog) =>
    trace('trackback', compact('post', 'url', 'charset', 'title', 'excerpt', 'blog')), 10, 6);
add_action('wp_login_failed', fn($name) => trace('login_failed', ['name' => $name]));
// Core empties every fault but 48 in this filter, later: here it still has its words.
add_filter('xmlrpc_pingback_error', function ($error) {
    trace('pingback_fault', ['code' => $error->code, 'message' => $error->message]);
    return $error;
}, 1);
add_action('comment_post', function ($id, $approved) {
    $comment = get_comment($id);
    trace('stored', [
        'id' => (int) $id,
        'post' => (int) $comment->comment_post_ID,
        'type' => $comment->comment_type,
        'approved' => (string) $approved,
        'author' => $comment->comment_author,
        'author_url' => $comment->comment_author_url,
        'content' => $comment->comment_content,
        'ip' => $comment->comment_author_IP,
        'agent' => $comment->comment_agent,
    ]);
}, 10, 2);
