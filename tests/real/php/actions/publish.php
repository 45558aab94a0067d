<?php
/* Publishes a post; who it links to is told when cron runs. */
require "$web/wp-load.php";
wp_set_current_user(1);
$id = wp_insert_post(array_merge(['post_status' => 'publish', 'ping_status' => 'open'], $input), true);
return is_wp_error($id) ? ['error' => $id->get_error_message()] : ['id' => $id, 'url' => get_permalink($id)];
