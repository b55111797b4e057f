<?php
// The settings of a WordPress that a test has started. constants.php and the
// folder of the database's socket are the test's.
define( 'DB_NAME', 'paper' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:' . dirname( __DIR__ ) . '/db' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'DISABLE_WP_CRON', true ); // cron runs when a test asks for it.
define( 'WP_ENVIRONMENT_TYPE', 'local' ); // application passwords without https.
define( 'WP_DEFAULT_THEME', 'bare' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true ); // but for loopback nothing is asked.
define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1' );
define( 'WP_AUTO_UPDATE_CORE', false );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', dirname( __DIR__ ) . '/wordpress.log' );
foreach ( array( 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT' ) as $key ) {
	define( $key, 'of a test: ' . $key );
}
$table_prefix = 'wp_';
define( 'WP_CONTENT_DIR', __DIR__ . '/wp-content' );
require dirname( __DIR__ ) . '/constants.php';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require ABSPATH . 'wp-settings.php';
