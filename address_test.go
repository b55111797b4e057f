package lector

import (
	"net/url"
	"strings"
	"testing"
)

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"https://reader.example/1", "http://reader.example", "HTTPS://Reader.Example/Path", "https://reader.example:8443/a?b=c&d=1#e",
		"https://новини.укр/стаття", "https://xn--b1amarcd.xn--j1amh/", "http://127.0.0.1:8080/a", "http://[::1]:8080/",
		"https://reader.example/a%20b", "https://reader.example/@author/1", "https://my_host.internal/x", "http://localhost/articles/1",
		"https://reader.example/javascript:alert(1)", `https://reader.example/"quoted"`,
	} {
		if err := CheckAddress(good); err != nil || WebAddress(good) != good {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		"":                                      "begin with",
		"/articles/1":                           "begin with",
		"articles/1":                            "begin with",
		"?p=1":                                  "begin with",
		"//evil.example/1":                      "begin with",
		"javascript:alert(1)":                   "is a javascript: address",
		"JavaScript:alert(1)":                   "is a javascript: address",
		"javascript://x/%0aalert(1)":            "is a javascript: address",
		"data:text/html,<script>":               "is a data: address",
		"DATA:text/html;base64,PHA+":            "is a data: address",
		"file:///etc/passwd":                    "is a file: address",
		"vbscript:msgbox(1)":                    "is a vbscript: address",
		"ftp://reader.example/1":                "is a ftp: address",
		"blob:https://reader.example/":          "is a blob: address",
		" https://reader.example/":              "white space",
		"https://reader.example/ ":              "white space",
		"https://reader.example/\n":             "white space",
		"java\tscript:alert(1)":                 "white space",
		"java\nscript:alert(1)":                 "white space",
		"\x01javascript:alert(1)":               "control character",
		"https://reader.example/\x00":           "control character",
		"https://reader.example/\u0085":         "white space",
		"https://reader.example/\u2028":         "white space",
		"https://reader.example/\u202egpj.exe":  "control character",
		"https://reader.example/\xff":           "control character",
		`https:\\reader.example\1`:              "backslash",
		`https://reader.example\@evil.example/`: "backslash",
		"https://user:hunter2@reader.example/":  "name or password",
		"https://user@reader.example/":          "name or password",
		"https://reader.example@evil.example/":  "name or password",
		"https:///nohost":                       "names no host",
		"https:/reader.example":                 "names no host",
		"https:reader.example":                  "names no host",
		"https://:8080/":                        "names no host",
		"https://./":                            "names no host",
		"https://a<b>c/":                        "names no host",
		"https://reader.example;frame-src/":     "names no host",
		"https://reader.example:port/":          "cannot be read",
		"https://[::1/":                         "cannot be read",
		"https://reader.example/%zz":            "cannot be read",
		"1:2":                                   "cannot be read",
	} {
		err := CheckAddress(bad)
		if err == nil || !strings.Contains(err.Error(), why) || WebAddress(bad) != "" {
			t.Errorf("%q: %v, want %q", bad, err, why)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error quotes it: %v", bad, err)
		}
	}
}

func TestMaskAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                                         "",
		"embedded":                                 "embedded",
		"nats://nats.internal:4222":                "nats://nats.internal:4222",
		"nats://a:4222,nats://b:4222":              "nats://a:4222,nats://b:4222",
		"nats.internal:4222":                       "nats.internal:4222",
		"nats://cms:hunter2@nats.internal:4222":    "nats://cms:[redacted]@nats.internal:4222",
		"nats://hunter2@nats.internal":             "nats://[redacted]@nats.internal",
		"cms:hunter2@nats.internal:4222":           "cms:[redacted]@nats.internal:4222",
		"hunter2@nats.internal":                    "[redacted]@nats.internal",
		"NATS://cms:hunter2@h":                     "NATS://cms:[redacted]@h",
		"nats://c%20ms:hunter2@h":                  "nats://c%20ms:[redacted]@h",
		"nats://cms:@h":                            "nats://cms:[redacted]@h",
		"nats://:hunter2@h":                        "nats://:[redacted]@h",
		"nats://a:hunter2@h1, nats://b:hunter2@h2": "nats://a:[redacted]@h1, nats://b:[redacted]@h2",
		"nats://h0,nats://hunter2@h1,tls://h2":     "nats://h0,nats://[redacted]@h1,tls://h2",
		"ws://h/nats?token=hunter2":                "ws://h/nats?[redacted]",
		"https://voices.example/v1?key=hunter2#x":  "https://voices.example/v1?[redacted]",
		// What cannot be read is masked up to the last @.
		"nats://cms:hun/ter2@h:4222":      "nats://[redacted]@h:4222",
		"nats://cms:hun?ter2@h:4222":      "nats://[redacted]@h:4222",
		"nats://cms:hun#ter2@h:4222":      "nats://[redacted]@h:4222",
		"nats://cms:hun ter2@h:4222":      "nats://[redacted]@h:4222",
		"nats://cms:hun%ter2@h:4222":      "nats://[redacted]@h:4222",
		"nats://cms:hun@ter2@h:4222":      "nats://cms:[redacted]@h:4222",
		"nats://cms:1,hunter2@h:4222":     "nats://cms:[redacted]@h:4222",
		"nats://cms:hunt://er2@h:4222":    "nats://[redacted]@h:4222",
		"cms:hunter2@h1,ops:hunter2@h2":   "cms:[redacted]@h2",
		"nats://cms:hunter2\x00@h":        "nats://[redacted]@h",
		"nats://h1,cms:hunter2@h2":        "nats://[redacted]@h2",
		"hunter2@h1,cms:x@h2":             "[redacted]@h2",
		"http://proxy:hunter2@10.0.0.1:1": "http://proxy:[redacted]@10.0.0.1:1",
	} {
		if got := MaskAddress(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// FuzzMaskAddress masks a password in whatever place it stands.
func FuzzMaskAddress(f *testing.F) {
	f.Add("nats://cms:", "@h:4222")
	f.Add("nats://", "@h1,nats://h2")
	f.Add("a,b,", "/x@h")
	f.Fuzz(func(t *testing.T, before, behind string) {
		const password = "Tr0ub4dor"
		address := before + password + "@" + strings.ReplaceAll(behind, password, "")
		if u, err := url.Parse(address); err == nil && u.User != nil && u.User.Username() == password {
			if _, isName := u.User.Password(); isName {
				return // a name, which is shown
			}
		}
		if strings.Contains(MaskAddress(address), password) && !schemePattern().MatchString(password+"@"+behind) {
			t.Errorf("%q: %q", address, MaskAddress(address))
		}
	})
}

func TestSameArticle(t *testing.T) {
	t.Parallel()
	const address = "https://reader.example/news/caf\u00e9?id=4"
	for other, want := range map[string]bool{
		address: true,
		"http://Reader.example/news/caf%c3%a9/?id=4#comments":     true,
		"https://reader.example/news/caf\u00e9?utm_medium=x&id=4": true,
		"https://reader.example/news/caf\u00e9?fbclid=abc&id=4":   true,
		"https://reader.example/news/caf\u00e9?id=5":              false,
		"https://reader.example/news/caf\u00e9":                   false,
		"https://www.reader.example/news/caf\u00e9?id=4":          false,
		"https://reader.example/News/caf\u00e9?id=4":              false,
		"/news/caf\u00e9?id=4":                                    false,
		"":                                                        false,
	} {
		if got := SameArticle(address, other); got != want {
			t.Errorf("SameArticle(%q, %q) = %v", address, other, got)
		}
	}
	if SameArticle("", "") {
		t.Error("two addresses that name nothing are the same article")
	}
}
