// Package wordpress holds Lector's plugin for WordPress.
package wordpress

import _ "embed"

// Plugin is the one file that the plugin is, for wp-content/mu-plugins.
//
//go:embed lector.php
var Plugin []byte
