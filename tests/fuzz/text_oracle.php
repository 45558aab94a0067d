<?php
// Reads texts from stdin, one per line in base64, and writes what WordPress would leave of each when it strips tags.
while (($line = fgets(STDIN)) !== false) {
    $text = base64_decode(trim($line));
    $text = strip_tags(preg_replace('@<(script|style)[^>]*?>.*?</\1>@si', '', $text));
    echo base64_encode(trim(preg_replace('/[\r\n\t ]+/', ' ', $text))), "\n";
}
