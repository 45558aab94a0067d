<?php
/* The configuration of a WordPress under test. Everything that differs stands in settings.json, which is read at every
 * request: a test may change it while the site runs. */
define('PINGWARDEN_DIR', '@DIRECTORY@');
define('PINGWARDEN', json_decode(file_get_contents(PINGWARDEN_DIR . '/settings.json'), true));

define('DB_NAME', PINGWARDEN['database']['name']);
define('DB_HOST', PINGWARDEN['database']['host']);
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('DB_DIR', PINGWARDEN_DIR . '/sqlite/');   // only the SQLite builds look at these two
define('DB_FILE', 'wordpress.sqlite');
$table_prefix = 'wp_';

foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "key of $name under test");
    define("{$name}_SALT", "salt of $name under test");
}
define('WP_ENVIRONMENT_TYPE', PINGWARDEN['environment']);
define('WP_DEBUG', false);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);                 // the tests run it when they mean to

if (PINGWARDEN['multisite'] && !getenv('PINGWARDEN_SINGLE')) {
    define('MULTISITE', true);
    define('SUBDOMAIN_INSTALL', false);
    define('DOMAIN_CURRENT_SITE', PINGWARDEN['authority']);
    define('PATH_CURRENT_SITE', PINGWARDEN['subpath'] . '/');
    define('SITE_ID_CURRENT_SITE', 1);
    define('BLOG_ID_CURRENT_SITE', 1);
} else {
    define('WP_HOME', PINGWARDEN['public_url']);
    define('WP_SITEURL', PINGWARDEN['public_url']);
}
if (PINGWARDEN['trust_forwarded_for'] && isset($_SERVER['HTTP_X_FORWARDED_FOR'])) {
    $_SERVER['REMOTE_ADDR'] = trim(preg_replace('/^.*,/', '', $_SERVER['HTTP_X_FORWARDED_FOR']));
}
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
