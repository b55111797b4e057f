package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"lector"
	"lector/infra/limittest"
)

// wordPressLife is the life of a few articles of a real WordPress: what is heard and
// billed after each thing that an editor does.
type wordPressLife struct {
	*wordPressDesk
	meter
	table strings.Builder
}

func (l *wordPressLife) run() {
	l.t.Helper()
	fmt.Fprintf(&l.table, "| what the editor does | job | heard | characters billed |\n|---|---|---|---|\n")
	in := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05")
	later := l.rest(http.MethodPost, "", map[string]any{"title": "Later", "content": paragraphs, "status": "future", "date_gmt": in})
	l.row("schedules", later, lector.Refused, false, anything)
	id := l.rest(http.MethodPost, "", map[string]any{"title": "The bridge is open", "status": "publish", "content": paragraphs})
	first := l.row("publishes", id, lector.Ready, true, anything)
	l.written(l.h, id, first)
	l.hasPlayer(id)
	l.step("saves without a change", id, map[string]any{"excerpt": ""}, lector.Ready, true, 0)
	body := l.step("edits the body", id, map[string]any{"content": edited}, lector.Ready, true, aPart)
	l.written(l.h, id, body)
	l.written(l.h, id, l.step("edits the title", id, map[string]any{"title": "The bridge is closed"}, lector.Ready, true, aPart))
	tag := l.site.PHP(l.t, `echo wp_insert_term( 'Weather', 'post_tag' )['term_id'];`)
	l.step("adds a tag", id, map[string]any{"tags": []string{tag}}, lector.Ready, true, 0)
	l.written(l.h, id, l.step("sets a password", id, map[string]any{"password": "open sesame"}, lector.Removed, false, 0))
	l.h.untilMetrics(map[string]float64{`lector_cms_writes_total{site="havana"}`: 4})
	l.step("takes the password away", id, map[string]any{"password": ""}, lector.Ready, true, 0)
	l.step("makes it private", id, map[string]any{"status": "private"}, lector.Removed, false, 0)
	l.step("makes it public again", id, map[string]any{"status": "publish"}, lector.Ready, true, 0)
	l.step("unpublishes", id, map[string]any{"status": "draft"}, lector.Removed, false, 0)
	l.step("publishes again", id, map[string]any{"status": "publish"}, lector.Ready, true, 0)
	l.rest(http.MethodDelete, "/"+id+"?force=true", nil)
	l.row("deletes", id, lector.Removed, false, 0)
	l.live(later)
	l.everyBlock()
	l.t.Logf("what became of it:\n%s", l.table.String())
}

// step changes a post and tells what became of it. billed is what that may cost.
func (l *wordPressLife) step(what, id string, fields map[string]any, want lector.State, heard bool, billed int) lector.Job {
	l.t.Helper()
	l.rest(http.MethodPost, "/"+id, fields)
	return l.row(what, id, want, heard, billed)
}

func (l *wordPressLife) row(what, id string, want lector.State, heard bool, billed int) lector.Job {
	l.t.Helper()
	j, n := l.h.newest(post(id)), l.newlySpoken()
	m, isHeard := l.heard(post(id))
	fmt.Fprintf(&l.table, "| %s | %s | %s | %d |\n", what, j.State, heardFor(m, isHeard), n)
	if j.State != want || isHeard != heard || !l.within(n, billed) {
		l.t.Errorf("%s: job %s (%s), heard %s, %d characters; want %s, %d characters", what, j.State, j.Reason, heardFor(m, isHeard), n, want, billed)
	}
	return j
}

// hasPlayer looks for the player on the article's page.
func (l *wordPressLife) hasPlayer(id string) {
	l.t.Helper()
	response, err := http.Get(l.site.URL + "/?p=" + id)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	manifest := l.h.public.url() + "/" + lector.PointerKey(defaultSite, lector.Key(defaultSite, id))
	if err != nil || !strings.Contains(string(page), `manifest="`+manifest+`"`) {
		l.t.Errorf("the page has no player: %v\n%s", err, page)
	}
}

// dueNow makes a scheduled post due, as if its time had come.
const dueNow = `global $wpdb; $gmt = gmdate( 'Y-m-d H:i:s', time() - 5 ); $local = get_date_from_gmt( $gmt );
$past = array( 'post_date' => $local, 'post_date_gmt' => $gmt, 'post_modified' => $local, 'post_modified_gmt' => $gmt );
$wpdb->update( $wpdb->posts, $past, array( 'ID' => $id ) ); clean_post_cache( $id );
wp_clear_scheduled_hook( 'publish_future_post', array( $id ) ); wp_schedule_single_event( time() - 5, 'publish_future_post', array( $id ) );`

// live has a scheduled post published by WordPress's cron. It was spoken before, and
// nothing is left but to make it public.
func (l *wordPressLife) live(id string) {
	l.t.Helper()
	l.site.PHP(l.t, "$id = "+id+"; "+dueNow)
	l.cron()
	told := time.Now()
	limittest.Until(l.t, "it is heard", func() bool { _, heard := l.heard(post(id)); return heard })
	l.row(fmt.Sprintf("waits for the schedule (heard %.2f s after WordPress told of it)", time.Since(told).Seconds()), id, lector.Ready, true, 0)
}

// cron runs what is due, as a visitor of the site does.
func (d *wordPressDesk) cron() {
	d.t.Helper()
	response, err := http.Get(d.site.URL + "/wp-cron.php?doing_wp_cron")
	if err != nil {
		d.t.Fatal(err)
	}
	response.Body.Close()
}

// everyBlock publishes a post with the blocks of WordPress's editor. What is HEARD must
// be read, and what is UNHEARD not.
func (l *wordPressLife) everyBlock() {
	l.t.Helper()
	blocks, err := os.ReadFile("testdata/wordpress-blocks.html")
	if err != nil {
		l.t.Fatal(err)
	}
	id := l.rest(http.MethodPost, "", map[string]any{"title": "Every block", "status": "publish", "content": string(blocks)})
	l.row("publishes every block", id, lector.Ready, true, anything)
	l.t.Logf("of every block is read:\n%s", checkHeard(l.t, string(blocks), l.h.manifest(post(id))))
}
