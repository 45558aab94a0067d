#!/bin/sh
# What wordpress:php8.2-fpm does: fills an empty volume, is configured by variables, and listens on port 9000.
set -eu
if [ ! -e index.php ]; then
  # Debian's package holds links to files of packages that are not needed here: those are left out.
  cp -rL /usr/share/wordpress/. . 2>/dev/null || true
  install -D /usr/local/share/near.php wp-content/mu-plugins/near.php
  chown -R www-data: .
fi
cat >wp-config.php <<'PHP'
<?php
define('DB_HOST', getenv('WORDPRESS_DB_HOST'));
define('DB_NAME', getenv('WORDPRESS_DB_NAME'));
define('DB_USER', getenv('WORDPRESS_DB_USER'));
define('DB_PASSWORD', trim(file_get_contents(getenv('WORDPRESS_DB_PASSWORD_FILE'))));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
$table_prefix = 'wp_';
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "key of $name under test");
    define("{$name}_SALT", "salt of $name under test");
}
define('WP_DEBUG', false);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP
cat >/etc/php/8.2/fpm/pool.d/www.conf <<'POOL'
[www]
user = www-data
group = www-data
listen = 9000
clear_env = no
pm = static
pm.max_children = 4
catch_workers_output = yes
POOL
exec php-fpm8.2 --nodaemonize
