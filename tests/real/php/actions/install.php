<?php
/* Installs the site and its posts: 4 alpha, 5 beta, 6 gamma (open), 7 closed, 8 the page about. */
define('WP_INSTALLING', true);
require "$web/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

$administrator = wp_install('Test blog', 'admin', 'admin@example.test', true, '', 'adminpass')['user_id'];
foreach ([
    'template' => 'bare',
    'stylesheet' => 'bare',
    'permalink_structure' => '/%year%/%monthnum%/%day%/%postname%/',
    'ping_sites' => '',
    'timezone_string' => 'UTC',
] as $name => $value) {
    update_option($name, $value);
}
// (Not with wp_update_post: its revision would take number 4.)
$day = '2024-03-01 10:00:00';
$wpdb->update($wpdb->posts, ['post_date' => $day, 'post_date_gmt' => $day], ['ID' => 1]);
$posts = [
    ['alpha', 'Alpha post', 'post', 'open', '2024-03-03'],
    ['beta', 'Beta post', 'post', 'open', '2024-03-02'],
    ['gamma', 'Gamma post', 'post', 'open', '2024-03-03'],
    ['closed', 'Closed post', 'post', 'closed', '2024-03-04'],
    ['about', 'About', 'page', 'open', '2024-03-05'],
];
foreach ($posts as [$slug, $title, $type, $pings, $day]) {
    wp_insert_post([
        'post_name' => $slug,
        'post_title' => $title,
        'post_type' => $type,
        'ping_status' => $pings,
        'post_date' => "$day 10:00:00",
        'post_content' => "<p>Body of $slug.</p>",
        'post_status' => 'publish',
        'post_author' => $administrator,
    ]);
}
wp_unschedule_hook('do_pings');
[$password] = WP_Application_Passwords::create_new_application_password($administrator, ['name' => 'tests']);
return ['application_password' => $password, 'version' => $GLOBALS['wp_version']];
