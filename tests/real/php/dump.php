<?php
/* Answers how PHP reads the request. Bytes are base64, arrays are lists of pairs: JSON can carry neither. */
function plain($value) {
    if (!is_array($value)) {
        return base64_encode((string) $value);
    }
    return array_map(fn($key) => [base64_encode((string) $key), plain($value[$key])], array_keys($value));
}
header('Content-Type: application/json');
echo json_encode([
    'get' => plain($_GET),
    'post' => plain($_POST),
    'files' => plain(array_keys($_FILES)),
    'uri' => plain($_SERVER['REQUEST_URI']),
]);
