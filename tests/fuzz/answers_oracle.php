<?php
// Writes, as JSON of base64, the answers that WordPress's own classes build: a fault, a text, a multicall's list.
error_reporting(0);
function apply_filters($name, $value) { return $value; }
foreach (['message', 'server', 'error', 'date', 'value', 'base64'] as $class) {
    require "$argv[1]/class-IXR-$class.php";
}
$text = base64_decode($argv[2]);
$prolog = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
class Answering extends IXR_Server {
    public $sent;
    function output($xml) { $this->sent = $xml; throw new Exception(); }
}
function answered($call) {
    $server = new Answering(['say' => 'say'], false, true);
    $server->setCallbacks();
    $server->setCapabilities();
    $server->data = $call;
    try { $server->serve($call); } catch (Exception $e) {}
    return $server->sent;
}
function say($args) { return $GLOBALS['text']; }
$member = '<value><struct><member><name>methodName</name><value>%s</value></member><member><name>params</name><value><array><data></data></array></value></member></struct></value>';
$multi = '<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>'
    . sprintf($member, 'say') . sprintf($member, 'no.such') . '</data></array></value></param></params></methodCall>';
$error = new IXR_Error(-32601, $text);
echo json_encode(array_map('base64_encode', [
    'fault' => $prolog . $error->getXml(),
    'text' => $prolog . answered('<methodCall><methodName>say</methodName></methodCall>'),
    'list' => $prolog . answered($multi),
]));
