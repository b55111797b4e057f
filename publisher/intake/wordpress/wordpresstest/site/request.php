<?php
// What a program without a request tells WordPress about where it is.
$_SERVER += array(
	'HTTP_HOST'       => getenv( 'SITE_ADDRESS' ),
	'REQUEST_URI'     => '/',
	'SERVER_NAME'     => '127.0.0.1',
	'SERVER_PROTOCOL' => 'HTTP/1.1',
);
