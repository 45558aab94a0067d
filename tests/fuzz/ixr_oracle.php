<?php
// Reads bodies from stdin (4 bytes of length, then the body) and writes, per body, one line of JSON: what WordPress's
// own message class reads and which pings its server class would run. Argument: the directory of these classes.
error_reporting(0);
set_error_handler(fn() => true);
function apply_filters($name, $value) { return $value; }
foreach (['message', 'server', 'error', 'date', 'value', 'base64'] as $class) {
    require "$argv[1]/class-IXR-$class.php";
}
$calls = [];
function ping_recorder($args) {
    $args = is_array($args) ? $args : [];  // of a text PHP would take letters, which are no URLs
    $GLOBALS['calls'][] = [told($args[0] ?? null), told($args[1] ?? null)];
    return 'pinged';
}
function other_recorder($args) { return 'done'; }
function told($value) {
    if (is_array($value)) { return ['a', array_map(fn($k, $v) => [base64_encode((string) $k), told($v)], array_keys($value), $value)]; }
    if (is_string($value)) { return ['s', base64_encode($value)]; }
    return is_object($value) ? ['o', ''] : ['v', var_export($value, true)];
}
function answer(string $body): array {
    $GLOBALS['calls'] = [];
    $message = new IXR_Message($body);
    $crash = false;
    try {
        $ok = $message->parse();
    } catch (Throwable $e) {
        $ok = false;
    }
    if (!$ok) { return ['ok' => false, 'calls' => []]; }
    if ($message->messageType === 'methodCall') {
        $server = new IXR_Server(false, false, true);
        $server->callbacks = ['pingback.ping' => 'ping_recorder', 'demo.sayHello' => 'other_recorder', 'wp.getPost' => 'other_recorder'];
        $server->setCallbacks();
        try { $server->call($message->methodName, $message->params); } catch (Throwable $e) { $crash = true; }
    }
    return ['ok' => true, 'type' => $message->messageType, 'method' => told($message->methodName),
        'params' => told($message->params), 'calls' => $GLOBALS['calls'], 'crash' => $crash];
}
while (($head = fread(STDIN, 4)) !== false && strlen($head) === 4) {
    $left = unpack('N', $head)[1];
    $body = '';
    while ($left > 0 && ($part = fread(STDIN, $left)) !== '' && $part !== false) { $body .= $part; $left -= strlen($part); }
    echo json_encode(answer($body), JSON_INVALID_UTF8_SUBSTITUTE, 100000) ?: '{"ok":null,"calls":[]}', "\n";
}
