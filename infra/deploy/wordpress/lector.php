<?php
/**
 * Plugin Name: Lector
 * Description: Tells Lector of every article that is published, changed or withdrawn, and puts its audio on the article's page.
 * Version: 1.1.0
 * Requires at least: 5.6
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * One file: put it into wp-content/mu-plugins. Settings are constants in
 * wp-config.php, or else fields of the page Settings > Lector:
 *
 *   LECTOR_URL         where listeners reach Lector, such as https://audio.example
 *   LECTOR_SITE        the site's name in lector.yaml
 *   LECTOR_SECRET      whsec_…, the same as for Lector
 *   LECTOR_HOOKS_URL   where this server reaches Lector, if not at LECTOR_URL
 *   LECTOR_POST_TYPES  post types with commas between them; post
 *   LECTOR_INSERT      the player above the text: off, new (of articles that Lector
 *                      was told of from here) or all
 *
 * Filters: lector_article (the article as it is sent, and its post; null sends
 * nothing of its text) and lector_player (the player's HTML, and its post).
 *
 * Where the site in lector.yaml says write_back, themes have the addresses of a
 * post's audio by Lector\audio_of( $post ), and others in the field lector_audio of
 * the REST API.
 *
 * @package Lector
 */

namespace Lector;

defined( 'ABSPATH' ) || exit;

const VERSION = '1.1.0';

// Seconds: for one request to Lector, for all of them at the end of a page, and
// for those of one run of cron.
const TIMEOUT      = 3;
const PAGE_SECONDS = 5;
const CRON_SECONDS = 20;

// Where a message that Lector did not take waits for the next try.
const PENDING = 'lector_pending_';

// Marks the posts that Lector was told of.
const ANNOUNCED = '_lector_announced';

// Holds the addresses of a post's audio, as Lector has written them.
const AUDIO = '_lector_audio';

/* Settings. */

/**
 * Returns a setting: of the constant, else of the page of settings, else the default.
 *
 * @param string $name Name in lower case, without lector_.
 * @return string
 */
function setting( $name ) {
	$constant = 'LECTOR_' . strtoupper( $name );
	if ( defined( $constant ) ) {
		return trim( (string) constant( $constant ) );
	}
	$stored = (array) get_option( 'lector', array() );
	if ( isset( $stored[ $name ] ) && '' !== $stored[ $name ] ) {
		return trim( (string) $stored[ $name ] );
	}
	$defaults = array(
		'post_types' => 'post',
		'insert'     => 'off',
	);
	return isset( $defaults[ $name ] ) ? $defaults[ $name ] : '';
}

/**
 * Returns the post types that are articles.
 *
 * @return string[]
 */
function post_types() {
	return array_filter( array_map( 'trim', explode( ',', setting( 'post_types' ) ) ) );
}

/**
 * Returns the key of the secret, or '' if there is none that can be read.
 *
 * @return string
 */
function secret_key() {
	$secret = preg_replace( '/^whsec_/', '', setting( 'secret' ) );
	// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- as Standard Webhooks says.
	return (string) base64_decode( $secret, true );
}

/**
 * Tells whether there is all that sending needs.
 *
 * @return bool
 */
function is_configured() {
	return '' !== setting( 'url' ) && '' !== setting( 'site' ) && '' !== secret_key();
}

/* What has changed in this request. */

/**
 * Returns what Lector knows of a post in this state: public, scheduled or ''.
 * A post with a password is not public, whatever its status says.
 *
 * @param \WP_Post|null $post The post, now or before.
 * @return string
 */
function state( $post ) {
	if ( ! $post instanceof \WP_Post || '' !== $post->post_password || ! in_array( $post->post_type, post_types(), true ) ) {
		return '';
	}
	$states = array(
		'publish' => 'public',
		'future'  => 'scheduled',
	);
	return isset( $states[ $post->post_status ] ) ? $states[ $post->post_status ] : '';
}

/**
 * The posts that this request has touched, as they were before it.
 */
final class Changes {
	/**
	 * State, address and knowledge of each, by blog and id.
	 *
	 * @var array
	 */
	private static $before = array();

	/**
	 * Notes a post that was touched. What it was before the first touch counts.
	 *
	 * @param int           $id     The post.
	 * @param \WP_Post|null $before Its state before.
	 */
	public static function note( $id, $before ) {
		$blog = get_current_blog_id();
		if ( isset( self::$before[ $blog ][ $id ] ) ) {
			return;
		}
		$state = state( $before );

		self::$before[ $blog ][ $id ] = array(
			'state'     => $state,
			'url'       => 'public' === $state ? (string) get_permalink( $before ) : '', // afterwards it has another.
			'announced' => (bool) get_post_meta( $id, ANNOUNCED, true ), // gone when the post is.
		);
	}

	/**
	 * Returns what was noted, and forgets it.
	 *
	 * @return array
	 */
	public static function take() {
		$before       = self::$before;
		self::$before = array();
		return $before;
	}
}

/**
 * Notes a post that was saved, in whatever way. This hook is the last one of a
 * save: terms, meta and picture are there.
 *
 * @param int           $id     The post.
 * @param \WP_Post      $post   Its state now.
 * @param bool          $update Whether it was there before.
 * @param \WP_Post|null $before Its state before.
 */
function after_insert( $id, $post, $update, $before ) {
	if ( in_array( $post->post_type, post_types(), true ) || '' !== state( $before ) ) {
		Changes::note( (int) $id, $before );
	}
}
add_action( 'wp_after_insert_post', __NAMESPACE__ . '\after_insert', 10, 4 );

/**
 * Notes a post that is about to be deleted for good. Nothing is left of it later.
 *
 * @param int      $id   The post.
 * @param \WP_Post $post Its last state.
 */
function before_delete( $id, $post = null ) {
	$post = $post ? $post : get_post( $id );
	if ( $post && in_array( $post->post_type, post_types(), true ) ) {
		Changes::note( (int) $id, $post );
	}
}
add_action( 'before_delete_post', __NAMESPACE__ . '\before_delete', 10, 2 );

/**
 * Returns what to tell Lector of a post, or '' for nothing.
 *
 * @param array         $before As noted.
 * @param \WP_Post|null $post   Its state now; null if it is gone.
 * @return string
 */
function type_of_change( $before, $post ) {
	$now = state( $post );
	if ( ! $post ) {
		return '' !== $before['state'] || $before['announced'] ? 'article.deleted' : '';
	}
	if ( 'public' === $now ) {
		return 'public' === $before['state'] ? 'article.updated' : 'article.published';
	}
	if ( 'public' === $before['state'] || ( 'scheduled' === $before['state'] && '' === $now ) ) {
		return 'article.unpublished'; // also if it is to appear again later.
	}
	return 'scheduled' === $now ? 'article.scheduled' : '';
}

/**
 * Sends what this request has changed, when the page is with its reader. What
 * Lector does not take now is tried again by cron.
 */
function at_shutdown() {
	$changes = Changes::take();
	if ( ! $changes || ! is_configured() ) {
		return;
	}
	if ( function_exists( 'fastcgi_finish_request' ) ) {
		fastcgi_finish_request();
	}
	foreach ( $changes as $blog => $posts ) {
		$elsewhere = is_multisite() && get_current_blog_id() !== $blog;
		if ( $elsewhere ) {
			switch_to_blog( $blog );
		}
		send_all( enqueue_all( $posts ), PAGE_SECONDS );
		if ( $elsewhere ) {
			restore_current_blog();
		}
	}
}
add_action( 'shutdown', __NAMESPACE__ . '\at_shutdown', PHP_INT_MAX );

/* The queue. */

/**
 * Writes down what is to be sent before anything is, so that it outlives this process.
 *
 * @param array $posts As noted, by id.
 * @return array Entries of the queue, by id.
 */
function enqueue_all( $posts ) {
	$entries = array();
	foreach ( $posts as $id => $before ) {
		$post = get_post( $id );
		$type = type_of_change( $before, $post );
		if ( '' === $type ) {
			continue;
		}
		$waiting = get_option( PENDING . $id );
		if ( 'article.updated' === $type && is_array( $waiting ) && 'article.published' === $waiting['type'] ) {
			$type = 'article.published'; // of which Lector does not know yet.
		}
		$entries[ $id ] = array(
			'type'  => $type,
			'url'   => $before['url'],
			'since' => time(),
			'tries' => 0,
			'next'  => time() + 60,
			'token' => wp_generate_uuid4(),
		);
		update_option( PENDING . $id, $entries[ $id ], false );
		if ( $post && 'article.unpublished' !== $type ) {
			update_post_meta( $id, ANNOUNCED, '1' );
		}
	}
	return $entries;
}

/**
 * Replaces an entry of the queue, or removes it, unless another process has changed it.
 *
 * @param int        $id    The post.
 * @param array      $entry What it was.
 * @param array|null $new   What it becomes; null removes it.
 * @return bool Whether it was so.
 */
function settle( $id, $entry, $new ) {
	global $wpdb;
	$name  = PENDING . $id;
	$where = array(
		'option_name'  => $name,
		'option_value' => maybe_serialize( $entry ),
	);
	// phpcs:disable WordPress.DB.DirectDatabaseQuery -- options know no compare-and-set.
	if ( null === $new ) {
		$done = $wpdb->delete( $wpdb->options, $where );
	} else {
		$done = $wpdb->update( $wpdb->options, array( 'option_value' => maybe_serialize( $new ) ), $where );
	}
	// phpcs:enable
	wp_cache_delete( $name, 'options' );
	return 1 === $done;
}

/**
 * Returns the entries of the queue, the oldest tries first.
 *
 * @return array By id.
 */
function pending() {
	global $wpdb;
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- options cannot be listed by their beginning.
	$rows    = $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( PENDING ) . '%' ) );
	$entries = array();
	foreach ( $rows as $row ) {
		$entry = maybe_unserialize( $row->option_value );
		if ( is_array( $entry ) ) {
			$entries[ (int) substr( $row->option_name, strlen( PENDING ) ) ] = $entry;
		}
	}
	uasort(
		$entries,
		function ( $a, $b ) {
			return $a['next'] <=> $b['next'];
		}
	);
	return $entries;
}

/**
 * Sends entries of the queue until the time is over or Lector is not there.
 *
 * @param array $entries By id.
 * @param int   $seconds The time.
 */
function send_all( $entries, $seconds ) {
	$end = microtime( true ) + $seconds;
	foreach ( $entries as $id => $entry ) {
		if ( microtime( true ) > $end || ! send_entry( $id, $entry ) ) {
			return;
		}
	}
}

/**
 * Sends one entry and settles it. One that fails waits half a minute, then one, two,
 * up to an hour, for a week. Cron looks each minute, so the first retry is within
 * 90 seconds.
 *
 * @param int   $id    The post.
 * @param array $entry The entry.
 * @return bool Whether Lector may take a further one.
 */
function send_entry( $id, $entry ) {
	$answer = post_message( message( $id, $entry ) );
	remember( $answer );
	if ( $answer['code'] >= 200 && $answer['code'] < 300 ) {
		settle( $id, $entry, null );
		return true;
	}
	$new = $entry;
	++$new['tries'];
	$new['next'] = time() + min( 3600, 30 * pow( 2, min( 7, $entry['tries'] ) ) );
	settle( $id, $entry, time() - $entry['since'] > WEEK_IN_SECONDS ? null : $new );
	return in_array( $answer['code'], array( 400, 413, 415, 422 ), true ); // of this message, not of the way.
}

/**
 * Tries again what is due.
 */
function retry() {
	if ( ! is_configured() ) {
		return;
	}
	$due = array();
	foreach ( pending() as $id => $entry ) {
		$claimed         = $entry;
		$claimed['next'] = time() + 60;
		if ( $entry['next'] <= time() && count( $due ) < 100 && settle( $id, $entry, $claimed ) ) {
			$due[ $id ] = $claimed;
		}
	}
	send_all( $due, CRON_SECONDS );
}
add_action( 'lector_retry', __NAMESPACE__ . '\retry' );

/**
 * Adds the interval of retries.
 *
 * @param array $schedules Of cron.
 * @return array
 */
function schedules( $schedules ) {
	$schedules['lector_minute'] = array(
		'interval' => MINUTE_IN_SECONDS,
		'display'  => __( 'Every minute' ),
	);
	return $schedules;
}
// phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- audio is to follow within two minutes.
add_filter( 'cron_schedules', __NAMESPACE__ . '\schedules' );

/**
 * Keeps the retries in cron: it has no race-free way to add one when it is needed.
 */
function keep_schedule() {
	if ( is_configured() && ! wp_next_scheduled( 'lector_retry' ) ) {
		wp_schedule_event( time() + MINUTE_IN_SECONDS, 'lector_minute', 'lector_retry' );
	}
}
add_action( 'init', __NAMESPACE__ . '\keep_schedule' );

/* The message. */

/**
 * Returns the message of an entry: the post as it is now, whenever that is. So
 * what is sent late is not stale.
 *
 * @param int   $id    The post.
 * @param array $entry The entry.
 * @return array
 */
function message( $id, $entry ) {
	$post = get_post( $id );
	$now  = state( $post );
	$type = $entry['type'];
	if ( ! $post ) {
		$type = 'article.deleted';
	} elseif ( '' === $now ) {
		$type = 'article.unpublished';
	} elseif ( 'scheduled' === $now && 'article.scheduled' !== $type ) {
		$type = 'article.unpublished';
	} elseif ( 'public' === $now && 'article.updated' !== $type ) {
		$type = 'article.published';
	}
	$article = null;
	if ( in_array( $type, array( 'article.published', 'article.updated', 'article.scheduled' ), true ) ) {
		$article = article( $post );
		if ( null === $article ) {
			$type = 'article.unpublished';
		}
	}
	$stamp = stamp();
	$data  = array_merge(
		null === $article ? array_filter( array( 'url' => $entry['url'] ) ) : $article,
		array(
			'site'       => setting( 'site' ),
			'id'         => (string) $id,
			'updated_at' => $stamp,
		)
	);
	return array(
		'type'      => $type,
		'timestamp' => $stamp,
		'data'      => $data,
	);
}

/**
 * Returns the present with microseconds: post_modified has seconds only, and lies
 * in the future for a scheduled post.
 *
 * @return string
 */
function stamp() {
	return ( new \DateTimeImmutable( 'now', new \DateTimeZone( 'UTC' ) ) )->format( 'Y-m-d\TH:i:s.u\Z' );
}

/**
 * Returns a post as an article of Lector.
 *
 * @param \WP_Post $post The post.
 * @return array|null
 */
function article( $post ) {
	$article = as_nobody(
		$post,
		function () use ( $post ) {
			$image = get_the_post_thumbnail_url( $post, 'full' );
			return array(
				'url'          => (string) get_permalink( $post ),
				'title'        => plain( get_the_title( $post ) ),
				'subtitle'     => plain( $post->post_excerpt ),
				'authors'      => authors( $post ),
				'section'      => section( $post ),
				'tags'         => term_names( $post, 'post_tag' ),
				'language'     => get_bloginfo( 'language' ),
				'published_at' => mysql2date( 'Y-m-d\TH:i:s\Z', $post->post_date_gmt, false ),
				'visibility'   => 'public',
				'image'        => $image ? $image : null,
				'body'         => array(
					'content_type' => 'text/html',
					'content'      => (string) apply_filters( 'the_content', $post->post_content ), // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- core's.
				),
			);
		}
	);
	$article = apply_filters( 'lector_article', $article, $post );
	return is_array( $article ) ? $article : null;
}

/**
 * Calls a function as a reader without a login for whom the post stands in the
 * loop, and puts everything back.
 *
 * @param \WP_Post $post The post.
 * @param callable $call The function.
 * @return mixed
 */
function as_nobody( $post, $call ) {
	$names = array( 'post', 'id', 'authordata', 'currentday', 'currentmonth', 'page', 'pages', 'multipage', 'more', 'numpages' );
	$saved = array_intersect_key( $GLOBALS, array_flip( $names ) );
	$user  = get_current_user_id();
	wp_set_current_user( 0 );
	Player::$hidden = true;
	try {
		$GLOBALS['post'] = $post; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back below.
		setup_postdata( $post );
		return $call();
	} finally {
		Player::$hidden = false;
		foreach ( $names as $name ) {
			unset( $GLOBALS[ $name ] );
		}
		foreach ( $saved as $name => $value ) {
			$GLOBALS[ $name ] = $value; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- as it was.
		}
		wp_set_current_user( $user );
	}
}

/**
 * Returns the words of HTML.
 *
 * @param string $html The HTML.
 * @return string
 */
function plain( $html ) {
	return trim( html_entity_decode( wp_strip_all_tags( $html ), ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
}

/**
 * Returns the names of a post's authors. One who is known by an e-mail address
 * alone has none.
 *
 * @param \WP_Post $post The post.
 * @return string[]
 */
function authors( $post ) {
	$users = function_exists( 'get_coauthors' ) ? get_coauthors( $post->ID ) : array( get_userdata( (int) $post->post_author ) );
	$names = wp_list_pluck( array_filter( $users ), 'display_name' );
	return array_values(
		array_filter(
			$names,
			function ( $name ) {
				return '' !== $name && false === strpos( $name, '@' );
			}
		)
	);
}

/**
 * Returns the name of a post's first category, but for the one that says there is none.
 *
 * @param \WP_Post $post The post.
 * @return string
 */
function section( $post ) {
	foreach ( get_the_category( $post->ID ) as $category ) {
		if ( 'uncategorized' !== $category->slug ) {
			return plain( $category->name );
		}
	}
	return '';
}

/**
 * Returns the names of a post's terms.
 *
 * @param \WP_Post $post     The post.
 * @param string   $taxonomy Of the terms.
 * @return string[]
 */
function term_names( $post, $taxonomy ) {
	$terms = get_the_terms( $post, $taxonomy );
	return is_array( $terms ) ? array_values( array_map( __NAMESPACE__ . '\plain', wp_list_pluck( $terms, 'name' ) ) ) : array();
}

/* The wire: https://www.standardwebhooks.com. */

/**
 * Signs a message and posts it.
 *
 * @param array $message The message.
 * @return array What was sent, and code and text of the answer; code 0 is no answer.
 */
function post_message( $message ) {
	$body = wp_json_encode( $message, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
	$id   = 'msg_' . str_replace( '-', '', wp_generate_uuid4() );
	$time = (string) time();
	// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- as Standard Webhooks says.
	$signature = 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time.$body", secret_key(), true ) );
	$base      = setting( 'hooks_url' );
	// Not by wp_safe_remote_post: Lector may be on this machine. And not without
	// waiting: that waits as well, and does not know what failed.
	$answer = wp_remote_post(
		untrailingslashit( '' !== $base ? $base : setting( 'url' ) ) . '/hooks/wordpress/' . rawurlencode( setting( 'site' ) ),
		array(
			'timeout'             => TIMEOUT,
			'redirection'         => 0,
			'limit_response_size' => 4096,
			'user-agent'          => 'Lector-WordPress/' . VERSION,
			'headers'             => array(
				'Content-Type'      => 'application/json',
				'webhook-id'        => $id,
				'webhook-timestamp' => $time,
				'webhook-signature' => $signature,
			),
			'body'                => $body,
		)
	);
	return array(
		'id'        => $id,
		'timestamp' => $time,
		'signature' => $signature,
		'body'      => $body,
		'code'      => is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer ),
		'text'      => is_wp_error( $answer ) ? $answer->get_error_message() : wp_remote_retrieve_body( $answer ),
	);
}

/**
 * Keeps what Lector refused, for the page of settings, until it takes something.
 *
 * @param array $answer Of post_message.
 */
function remember( $answer ) {
	if ( $answer['code'] >= 200 && $answer['code'] < 300 ) {
		delete_option( 'lector_refusal' );
		return;
	}
	$refusal = array(
		'time' => time(),
		'code' => $answer['code'],
		'text' => substr( plain( $answer['text'] ), 0, 300 ),
	);
	update_option( 'lector_refusal', $refusal, false );
}

/* The player. */

/**
 * The player of an article's own page: a block, a shortcode, or above the text.
 */
final class Player {
	/**
	 * Whether a text is rendered to be read aloud.
	 *
	 * @var bool
	 */
	public static $hidden = false;

	/**
	 * Returns the player, on the page of the post that stands in the loop, else ''.
	 *
	 * @return string
	 */
	public static function render() {
		$post = get_post();
		if ( self::$hidden || is_feed() || is_preview() || ! is_singular() || ! $post || get_queried_object_id() !== $post->ID || 'public' !== state( $post ) ) {
			return '';
		}
		$base = untrailingslashit( setting( 'url' ) );
		if ( '' === $base || '' === setting( 'site' ) ) {
			return '';
		}
		wp_enqueue_script( 'lector-player', $base . '/player.js?lang=' . rawurlencode( strtok( get_bloginfo( 'language' ), '-' ) ), array(), null, true ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters -- Lector sends how long it may be kept.
		$site = setting( 'site' );
		$html = sprintf(
			'<audio-article manifest="%s" headline="%s" style="display:block;min-block-size:150px"></audio-article><noscript><iframe src="%s" title="%s" height="290" style="width:100%%;border:0"></iframe></noscript>',
			esc_url( $base . '/a/' . rawurlencode( $site ) . '/' . key_of( $site, (string) $post->ID ) . '/manifest.json' ),
			esc_attr( plain( get_the_title( $post ) ) ),
			esc_url( $base . '/embed/' . rawurlencode( $site ) . '/' . $post->ID ),
			esc_attr__( 'Audio' )
		);
		return (string) apply_filters( 'lector_player', $html, $post );
	}

	/**
	 * Puts the player above the text, if it is to stand there and stands nowhere else.
	 *
	 * @param string $content The text.
	 * @return string
	 */
	public static function insert( $content ) {
		$post   = get_post();
		$insert = setting( 'insert' );
		if ( ! in_array( $insert, array( 'new', 'all' ), true ) || ! $post || ! in_the_loop() || ! is_main_query() ) {
			return $content;
		}
		if ( has_block( 'lector/player', $post ) || has_shortcode( $post->post_content, 'lector' ) ) {
			return $content;
		}
		if ( 'new' === $insert && ! get_post_meta( $post->ID, ANNOUNCED, true ) ) {
			return $content;
		}
		return self::render() . $content;
	}

	/**
	 * Registers block and shortcode.
	 */
	public static function register() {
		add_shortcode( 'lector', array( __CLASS__, 'render' ) );
		wp_register_script( 'lector-block', false, array( 'wp-blocks', 'wp-block-editor', 'wp-element' ), VERSION, true );
		$title = wp_json_encode( __( 'Audio of the article' ) );
		$text  = wp_json_encode( __( 'The audio of this article stands here, on its own page.' ) );
		wp_add_inline_script(
			'lector-block',
			"wp.blocks.registerBlockType('lector/player', {apiVersion: 2, title: $title, icon: 'controls-volumeon', category: 'media', supports: {html: false, multiple: false},
			edit: function () { return wp.element.createElement('p', wp.blockEditor.useBlockProps(), $text); }, save: function () { return null; }});"
		);
		register_block_type(
			'lector/player',
			array(
				'api_version'     => 2,
				'editor_script'   => 'lector-block',
				'render_callback' => array( __CLASS__, 'render' ),
			)
		);
	}

	/**
	 * Makes the player's script a module.
	 *
	 * @param string $tag    The tag.
	 * @param string $handle Its script.
	 * @return string
	 */
	public static function as_module( $tag, $handle ) {
		if ( 'lector-player' !== $handle ) {
			return $tag;
		}
		return str_replace( '<script ', '<script type="module" ', preg_replace( '/ type=([\'"])text\/javascript\1/', '', $tag ) );
	}
}
add_action( 'init', array( Player::class, 'register' ) );
add_filter( 'the_content', array( Player::class, 'insert' ), 20 );
add_filter( 'script_loader_tag', array( Player::class, 'as_module' ), 10, 2 );

/**
 * Returns the key of an article: the first 26 characters of the lower-case Base32
 * (RFC 4648, 6) of the SHA-256 of site, a zero byte and id.
 *
 * @param string $site The site's name.
 * @param string $id   The article's id.
 * @return string
 */
function key_of( $site, $id ) {
	$bits = '';
	foreach ( str_split( hash( 'sha256', "$site\0$id", true ) ) as $byte ) {
		$bits .= str_pad( decbin( ord( $byte ) ), 8, '0', STR_PAD_LEFT );
	}
	$key = '';
	foreach ( str_split( substr( $bits, 0, 130 ), 5 ) as $five ) {
		$key .= 'abcdefghijklmnopqrstuvwxyz234567'[ bindec( $five ) ];
	}
	return $key;
}

/* What Lector writes back. */

/**
 * Returns the addresses of a public post's audio, or null if there is none.
 *
 * @param \WP_Post|int|null $post The post; null is that of the loop.
 * @return array|null Of manifest, embed and mp3.
 */
function audio_of( $post = null ) {
	$post  = get_post( $post );
	$audio = 'public' === state( $post ) ? get_post_meta( $post->ID, AUDIO, true ) : null;
	return is_array( $audio ) ? $audio : null;
}

/**
 * Tells whether the user of a request may write to its post.
 *
 * @param \WP_REST_Request $request The request.
 * @return true|\WP_Error
 */
function may_write_audio( $request ) {
	$id = (int) $request['id'];
	if ( current_user_can( 'edit_posts' ) && ! get_post( $id ) ) {
		return new \WP_Error( 'rest_post_invalid_id', __( 'Invalid post ID.' ), array( 'status' => 404 ) );
	}
	if ( ! current_user_can( 'edit_post', $id ) ) {
		return new \WP_Error( 'lector_may_not_write', __( 'Sorry, you are not allowed to edit this post.' ), array( 'status' => rest_authorization_required_code() ) );
	}
	return true;
}

/**
 * Keeps the addresses of a public post's audio, or forgets them where there is no
 * manifest. As meta alone it is no edit of the post: its date of change stays, and
 * Lector is told nothing.
 *
 * @param \WP_REST_Request $request The request.
 * @return array|\WP_Error Whether anything was written.
 */
function write_audio( $request ) {
	$id    = (int) $request['id'];
	$audio = array();
	foreach ( array( 'manifest', 'embed', 'mp3' ) as $name ) {
		$audio[ $name ] = esc_url_raw( (string) $request[ $name ], array( 'http', 'https' ) );
	}
	if ( '' === $audio['manifest'] ) {
		$written = delete_post_meta( $id, AUDIO );
	} elseif ( 'public' === state( get_post( $id ) ) ) {
		$written = (bool) update_post_meta( $id, AUDIO, wp_slash( $audio ) ); // false if it is there already.
		if ( get_post_meta( $id, AUDIO, true ) !== $audio ) {
			return new \WP_Error( 'lector_not_written', __( 'Could not update the meta value of the post.' ), array( 'status' => 500 ) );
		}
	} else {
		$written = false;
	}
	if ( $written ) {
		clean_post_cache( $id ); // also for those who keep whole pages.
	}
	return array( 'written' => $written );
}

/**
 * Registers POST /wp-json/lector/v1/audio/ID, for those who may edit the post, and the
 * field that shows what was written.
 */
function register_audio() {
	register_rest_route(
		'lector/v1',
		'/audio/(?P<id>\d+)',
		array(
			'methods'             => 'POST',
			'callback'            => __NAMESPACE__ . '\write_audio',
			'permission_callback' => __NAMESPACE__ . '\may_write_audio',
			'args'                => array_fill_keys( array( 'manifest', 'embed', 'mp3' ), array( 'type' => 'string' ) ),
		)
	);
	register_rest_field(
		array_values( post_types() ),
		'lector_audio',
		array(
			'get_callback' => function ( $post ) {
				return audio_of( $post['id'] );
			},
			'schema'       => array(
				'description' => __( 'Audio of the article' ),
				'type'        => array( 'object', 'null' ),
				'readonly'    => true,
				'context'     => array( 'view', 'edit' ),
			),
		)
	);
}
add_action( 'rest_api_init', __NAMESPACE__ . '\register_audio' );

/* For lector connect, and for people. */

/**
 * Returns the plugin's state, and what became of a signed message without an article.
 *
 * @return array
 */
function test_way() {
	$status = array(
		'version'    => VERSION,
		'wordpress'  => get_bloginfo( 'version' ),
		'php'        => PHP_VERSION,
		'url'        => setting( 'url' ),
		'site'       => setting( 'site' ),
		'post_types' => array_values( post_types() ),
		'insert'     => setting( 'insert' ),
		'time'       => stamp(),
		'configured' => is_configured(),
		'pending'    => count( pending() ),
		'refusal'    => get_option( 'lector_refusal', null ),
		'sent'       => null,
	);
	if ( $status['configured'] ) {
		$status['sent'] = post_message(
			array(
				'type'      => 'lector.test',
				'timestamp' => $status['time'],
				'data'      => array( 'site' => setting( 'site' ) ),
			)
		);
	}
	return $status;
}

/**
 * Registers POST /wp-json/lector/v1/test, for administrators.
 */
function register_route() {
	register_rest_route(
		'lector/v1',
		'/test',
		array(
			'methods'             => 'POST',
			'callback'            => __NAMESPACE__ . '\test_way',
			'permission_callback' => function () {
				return current_user_can( 'manage_options' );
			},
		)
	);
}
add_action( 'rest_api_init', __NAMESPACE__ . '\register_route' );

/**
 * Returns the fields of the page of settings: name, label and description.
 *
 * @return array
 */
function fields() {
	return array(
		array( 'url', __( 'Address of Lector' ), 'https://audio.example' ),
		array( 'site', __( 'Site' ), __( 'its name in lector.yaml' ) ),
		array( 'secret', __( 'Secret' ), __( 'whsec_…, the same as for Lector' ) ),
		array( 'hooks_url', __( 'Address for this server' ), __( 'if it reaches Lector elsewhere' ) ),
		array( 'post_types', __( 'Post types' ), __( 'with commas between them; empty: post' ) ),
		array( 'insert', __( 'Player above the text' ), __( 'off, new (articles since this plugin is here) or all' ) ),
	);
}

/**
 * Adds the page Settings > Lector.
 */
function add_settings_page() {
	add_options_page( 'Lector', 'Lector', 'manage_options', 'lector', __NAMESPACE__ . '\settings_page' );
}
add_action( 'admin_menu', __NAMESPACE__ . '\add_settings_page' );

/**
 * Registers the stored settings.
 */
function register_settings() {
	register_setting( 'lector', 'lector', array( 'sanitize_callback' => __NAMESPACE__ . '\sanitize_settings' ) );
}
add_action( 'admin_init', __NAMESPACE__ . '\register_settings' );

/**
 * Returns stored settings of what a form holds. An empty secret keeps the old one.
 *
 * @param mixed $input The form's fields.
 * @return array
 */
function sanitize_settings( $input ) {
	$old    = (array) get_option( 'lector', array() );
	$stored = array();
	foreach ( fields() as $field ) {
		$name            = $field[0];
		$value           = is_array( $input ) && isset( $input[ $name ] ) ? sanitize_text_field( $input[ $name ] ) : '';
		$stored[ $name ] = 'secret' === $name && '' === $value && isset( $old['secret'] ) ? $old['secret'] : $value;
	}
	return $stored;
}

/**
 * Prints the page of settings.
 */
function settings_page() {
	echo '<div class="wrap"><h1>Lector</h1><form method="post" action="options.php"><table class="form-table">';
	settings_fields( 'lector' );
	foreach ( fields() as $field ) {
		list( $name, $label, $description ) = $field;
		$constant                           = defined( 'LECTOR_' . strtoupper( $name ) );
		printf(
			'<tr><th><label for="lector-%1$s">%2$s</label></th><td><input id="lector-%1$s" class="regular-text" name="lector[%1$s]" type="%3$s" value="%4$s" autocomplete="off"%5$s><p class="description">%6$s</p></td></tr>',
			esc_attr( $name ),
			esc_html( $label ),
			'secret' === $name ? 'password' : 'text',
			'secret' === $name ? '' : esc_attr( setting( $name ) ),
			disabled( $constant, true, false ),
			esc_html( $constant ? __( 'is set in wp-config.php' ) : $description )
		);
	}
	echo '</table>';
	submit_button();
	$refusal = get_option( 'lector_refusal' );
	/* translators: %d: number of messages. */
	printf( '<p>%s</p>', esc_html( sprintf( __( 'Messages that wait: %d' ), count( pending() ) ) ) );
	if ( is_array( $refusal ) ) {
		printf( '<p>%s</p>', esc_html( gmdate( 'Y-m-d H:i:s', $refusal['time'] ) . ' UTC: ' . $refusal['code'] . ' ' . $refusal['text'] ) );
	}
	echo '</form></div>';
}
