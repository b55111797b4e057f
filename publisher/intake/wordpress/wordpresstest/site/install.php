<?php
// Installs WordPress for its first user, and prints an application password.
require __DIR__ . '/request.php';
$db = new mysqli( null, 'root', '', '', 0, __DIR__ . '/db' );
$db->query( 'CREATE DATABASE paper CHARACTER SET utf8mb4' );
define( 'WP_INSTALLING', true );
require __DIR__ . '/site/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
ob_start();
wp_install( 'The Paper', 'chief', 'chief@paper.example', true, '', 'chief-pass' );
update_option( 'siteurl', 'http://' . $_SERVER['HTTP_HOST'] );
update_option( 'home', 'http://' . $_SERVER['HTTP_HOST'] );
update_option( 'timezone_string', 'America/New_York' );
update_option( 'permalink_structure', '/%postname%/' );
remove_action( 'before_delete_post', 'Lector\before_delete' ); // of which nobody need know.
wp_delete_post( 1, true );
wp_delete_post( 2, true );
wp_update_user( array( 'ID' => 1, 'display_name' => 'Ada Chief' ) );
list( $password ) = WP_Application_Passwords::create_new_application_password( 1, array( 'name' => 'test' ) );
ob_end_clean();
echo $password;
