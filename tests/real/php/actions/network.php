<?php
/* Makes the installed site the first of a network in subdirectories. Runs while it is still a single site. */
require "$web/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/network.php';
foreach ($wpdb->tables('ms_global') as $table => $name) {
    $wpdb->$table = $name;
}
install_network();
return populate_network(1, $settings['authority'], 'admin@example.test', 'Test network', "{$settings['subpath']}/", false);
