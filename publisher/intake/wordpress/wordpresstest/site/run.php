<?php
// Loads WordPress and runs the program on standard input, as WP-CLI would.
require __DIR__ . '/request.php';
require __DIR__ . '/site/wp-load.php';
eval( '?>' . stream_get_contents( STDIN ) );
