<?php
/* Adds the site /two to the network, with one post. */
require "$web/wp-load.php";
$path = "{$settings['subpath']}/two/";
$site = wpmu_create_blog($settings['authority'], $path, 'Second', 1, ['public' => 1]);
// WordPress loses the colon of HOST:PORT in a new site's domain, and in the addresses made from it.
$wpdb->update($wpdb->blogs, ['domain' => $settings['authority']], ['blog_id' => $site]);
clean_blog_cache($site);
switch_to_blog($site);
foreach (['home', 'siteurl'] as $name) {
    update_option($name, untrailingslashit("http://{$settings['authority']}$path"));
}
update_option('template', 'bare');
update_option('stylesheet', 'bare');
update_option('permalink_structure', '/%year%/%monthnum%/%day%/%postname%/');
update_option('rewrite_rules', '');
return wp_insert_post(['post_name' => 'two-post', 'post_title' => 'Two post', 'post_date' => '2024-03-03 10:00:00',
    'post_status' => 'publish',
    'ping_status' => 'open', 'post_content' => '<p>On site two.</p>']);
