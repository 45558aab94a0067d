<?php
/* php interpreter.php DIRECTORY: WordPress's own XML-RPC server, asked what it would execute for one body after another.
 *
 * Only the methods themselves are replaced, by something that notes its call: reading, dispatch, multicall and crashes
 * are WordPress's. Standard input holds batches: a count, then as many bodies, each after its length (32 bits, network
 * order). For each body one line of JSON comes back. */
[, $directory] = $argv;
ini_set('memory_limit', '-1');
ini_set('display_errors', '0');
$settings = json_decode(file_get_contents("$directory/settings.json"), true);
$_SERVER = array_merge($_SERVER, ['HTTP_HOST' => $settings['authority'], 'REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/xmlrpc.php']);
define('XMLRPC_REQUEST', true);
require "$directory/www{$settings['subpath']}/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . WPINC . '/class-IXR.php';
require_once ABSPATH . WPINC . '/class-wp-xmlrpc-server.php';
error_reporting(0);

final class Answered extends Exception {}

final class Noted {
    private array $calls;
    private string $method;
    function __construct(string $method, array &$calls) {
        $this->method = $method;
        $this->calls = &$calls;
    }
    function called($arguments) {
        $this->calls[] = ['method' => $this->method, 'arguments' => plain($arguments)];
        return '';
    }
}

/** A server that notes instead of executing, and goes on living after its answer. */
final class Interpreter extends wp_xmlrpc_server {
    private array $calls = [];
    function __construct() {
        parent::__construct();
        foreach (array_keys($this->methods) as $method) {
            $this->methods[$method] = [new Noted($method, $this->calls), 'called'];
        }
        $this->IXR_Server($this->methods, false, true);
    }
    function output($xml) {
        throw new Answered($xml);
    }
    function interpret(string $body): array {
        $this->calls = [];
        $crashed = false;
        try {
            // WordPress takes these two for "no body given" and looks elsewhere, where there is none either.
            $body === '' || $body === '0' ? $this->error(-32700, 'parse error. not well formed') : $this->serve($body);
        } catch (Answered $answer) {
        } catch (Throwable $crash) {
            $crashed = true;
        }
        return ['calls' => $this->calls, 'crashed' => $crashed, 'unreadable' => !$crashed && str_contains($answer->getMessage(), '-32700')];
    }
}

/** Strings as base64, so that all of PHP's values fit into JSON. */
function plain($value) {
    if (is_string($value)) {
        return ['text' => base64_encode($value)];
    }
    if (is_array($value)) {
        return ['array' => array_map(fn($key) => [base64_encode((string) $key), plain($value[$key])], array_keys($value))];
    }
    return is_object($value) ? ['object' => get_class($value)] : ['scalar' => is_float($value) ? (string) $value : $value];
}

function number($stream): int {
    return unpack('N', stream_get_contents($stream, 4))[1];
}

$interpreter = new Interpreter();
while (!feof(STDIN) && strlen($head = (string) fread(STDIN, 4)) === 4) {
    $bodies = [];
    for ($left = unpack('N', $head)[1]; $left > 0; $left--) {
        $length = number(STDIN);
        $bodies[] = $length ? stream_get_contents(STDIN, $length) : '';
    }
    foreach ($bodies as $body) {
        echo json_encode($interpreter->interpret($body)), "\n";
    }
    flush();
}
