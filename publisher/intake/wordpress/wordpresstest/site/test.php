<?php
// Plugin Name: what the tests need. It sends no mail, and tells who is signed in
// the nonces of the forms.
function wp_mail() {
	return true;
}
add_action(
	'init',
	function () {
		if ( isset( $_GET['nonce_of'] ) && is_user_logged_in() ) {
			echo wp_create_nonce( $_GET['nonce_of'] );
			exit;
		}
	}
);
add_action( 'after_setup_theme', function () { add_theme_support( 'post-thumbnails' ); } );
