#!/bin/bash
# Python's feedparser 6.0.10 (Debian 12: python3-feedparser 6.0.10-1) and a podcast feed: an
# element of a namespace that it does not know is text where it has no attributes, and
# attributes alone where it has some. So <podcast:txt purpose="ai-content">true</podcast:txt>,
# which labels a synthetic voice, says only that there is a label, and the same for "false";
# a <podcast:person> has a role and no name. Of several, such as transcripts, the last is
# left. In an author's address (RSS 2.0: address and name) the top-level domain ends behind
# four letters, and the rest of it begins the name: .news goes well, .media and .agency do not.
#
# Output seen:
#   season, no attribute: 3
#   txt, true: {'purpose': 'ai-content'}
#   txt, false: {'purpose': 'ai-content'}
#   persons, Ann as host and Bob as guest: {'role': 'guest'}
#   transcripts, text/vtt and application/srt: application/srt
#   ann@reader.news (Ann Lee): ann@reader.news, name Ann Lee
#   ann@reader.media (Ann Lee): ann@reader.medi, name a (Ann Lee
#
# Needs python3. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 777 "$dir"
apt-get download -q python3-feedparser=6.0.10-1 python3-sgmllib3k >log 2>&1 || { cat log >&2; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
cat >main.py <<'PY'
import feedparser


def entry(elements):
    feed = ('<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>News</title>'
            '<link>https://reader.example/</link><description>News, read aloud</description>'
            '<item><title>One</title><guid isPermaLink="false">1</guid>%s</item></channel></rss>')
    return feedparser.parse(feed % elements).entries[0]


print("season, no attribute:", entry("<podcast:season>3</podcast:season>").podcast_season)
for label in ("true", "false"):
    print("txt, %s:" % label, entry('<podcast:txt purpose="ai-content">%s</podcast:txt>' % label).podcast_txt)
persons = '<podcast:person role="host">Ann</podcast:person><podcast:person role="guest">Bob</podcast:person>'
print("persons, Ann as host and Bob as guest:", entry(persons).podcast_person)
types = ["text/vtt", "application/srt"]
transcripts = "".join('<podcast:transcript url="https://reader.example/1" type="%s"/>' % t for t in types)
print("transcripts, %s:" % " and ".join(types), entry(transcripts).podcast_transcript["type"])
for author in ("ann@reader.news (Ann Lee)", "ann@reader.media (Ann Lee)"):
    seen = entry("<author>%s</author>" % author).author_detail
    print("%s: %s, name %s" % (author, seen.email, seen.name))
PY
PYTHONPATH=root/usr/lib/python3/dist-packages python3 main.py | tee seen
diff <(sed -n 's/^#   //p' "$self") seen
