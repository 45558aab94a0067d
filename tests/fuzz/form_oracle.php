<?php
// Answers each request with what PHP made of it: [fields of the body, fields of the query], keys and values in base64.
function told(array $fields): array {
    $out = [];
    foreach ($fields as $name => $value) {
        $out[base64_encode((string) $name)] = is_array($value) ? null : base64_encode($value);
    }
    return $out;
}
header('Content-Type: application/json');
echo json_encode([(object) told($_POST), (object) told($_GET)]);
