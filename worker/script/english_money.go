package script

import (
	"cmp"
	"strings"

	"lector/worker/pattern"
)

// currency names the money of a sign, and its hundredth.
var currencies = map[string][4]string{
	"$": {"dollar", "dollars", "cent", "cents"}, "US$": {"U S dollar", "U S dollars", "cent", "cents"}, "C$": {"Canadian dollar", "Canadian dollars", "cent", "cents"}, "CA$": {"Canadian dollar", "Canadian dollars", "cent", "cents"},
	"A$": {"Australian dollar", "Australian dollars", "cent", "cents"}, "AU$": {"Australian dollar", "Australian dollars", "cent", "cents"}, "NT$": {"Taiwan dollar", "Taiwan dollars", "cent", "cents"}, "S$": {"Singapore dollar", "Singapore dollars", "cent", "cents"}, "MX$": {"Mexican peso", "Mexican pesos", "centavo", "centavos"}, "NZ$": {"New Zealand dollar", "New Zealand dollars", "cent", "cents"}, "HK$": {"Hong Kong dollar", "Hong Kong dollars", "cent", "cents"}, "R$": {"real", "reais", "centavo", "centavos"},
	"€": {"euro", "euros", "cent", "cents"}, "£": {"pound", "pounds", "penny", "pence"}, "¥": {"yen", "yen", "sen", "sen"}, "₴": {"hryvnia", "hryvnias", "kopiyka", "kopiykas"},
	"₽": {"ruble", "rubles", "kopeck", "kopecks"}, "₹": {"rupee", "rupees", "paisa", "paise"}, "₩": {"won", "won", "jeon", "jeon"}, "₺": {"lira", "lira", "kurus", "kurus"}, "₪": {"shekel", "shekels", "agora", "agorot"}, "₿": {"bitcoin", "bitcoins", "", ""}, "₸": {"tenge", "tenge", "", ""}, "₾": {"lari", "lari", "", ""}, "₦": {"naira", "naira", "kobo", "kobo"},
	"CN¥": {"yuan", "yuan", "", ""}, "JP¥": {"yen", "yen", "", ""},
	"Rs.": {"rupee", "rupees", "paisa", "paise"}, "RM": {"ringgit", "ringgit", "sen", "sen"}, "kr": {"krone", "kroner", "", ""}, "฿": {"baht", "baht", "", ""}, "₱": {"peso", "pesos", "centavo", "centavos"}, "₫": {"dong", "dong", "", ""}, "₵": {"cedi", "cedis", "", ""}, "₼": {"manat", "manat", "", ""}, "֏": {"dram", "drams", "", ""}, "₮": {"tugrik", "tugriks", "", ""},
	"NZD": {"New Zealand dollar", "New Zealand dollars", "cent", "cents"}, "SGD": {"Singapore dollar", "Singapore dollars", "cent", "cents"}, "HKD": {"Hong Kong dollar", "Hong Kong dollars", "cent", "cents"}, "ZAR": {"rand", "rand", "cent", "cents"}, "BRL": {"real", "reais", "centavo", "centavos"}, "MXN": {"Mexican peso", "Mexican pesos", "centavo", "centavos"}, "ILS": {"shekel", "shekels", "agora", "agorot"}, "THB": {"baht", "baht", "", ""}, "AED": {"dirham", "dirhams", "", ""}, "SAR": {"Saudi riyal", "Saudi riyals", "", ""}, "KZT": {"tenge", "tenge", "", ""}, "GEL": {"lari", "lari", "", ""}, "MDL": {"Moldovan leu", "Moldovan lei", "", ""}, "NGN": {"naira", "naira", "kobo", "kobo"}, "EGP": {"Egyptian pound", "Egyptian pounds", "", ""}, "PKR": {"Pakistani rupee", "Pakistani rupees", "", ""},
	"R": {"rand", "rand", "cent", "cents"}, "Rs": {"rupee", "rupees", "paisa", "paise"}, "EUR": {"euro", "euros", "cent", "cents"}, "USD": {"U S dollar", "U S dollars", "cent", "cents"}, "GBP": {"pound", "pounds", "penny", "pence"}, "UAH": {"hryvnia", "hryvnias", "kopiyka", "kopiykas"},
}

var moneyShape = pattern.New(`^((?:US|CA|C|AU|A|NZ|NT|HK|R|S|MX)?\$|R|CN¥|JP¥|[€£¥₴₽₹₩₺₪₿₸₾₦฿₱₫₵₼֏₮]|Rs\.?|RM|(?:Kč|kr|zł|EUR|USD|GBP|UAH|CHF|PLN|CZK|HUF|RON|SEK|NOK|DKK|TRY|INR|KRW|JPY|CNY|RMB|RUB|CAD|AUD|NZD|SGD|HKD|ZAR|BRL|MXN|ILS|THB|AED|SAR|KZT|GEL|MDL|NGN|EGP|PKR))[ \x{a0}]?` + reSum + reScale + `(?:(?: ?[-–—] ?| to )(?:(?:US|C|A)?\$|[€£¥₴₽₹])?` + reSum + reScale + `)?(\+)?`)

const (
	reSum   = `(\d{1,2}(?:,\d\d)+,\d{3}\b|\d{1,3},\d{1,2}\b|\d{1,3}(?:[ \x{a0}\x{202f}]000\b)+|\d[\d,]*(?:\.\d+)?|\.\d\d)`
	reScale = `(?:[ \x{a0}-]?(thousand|million|billion|trillion|quadrillion|lakh crore|lakhs?|crores?|Mio|Mrd|mn|mln|bn|bln|tn|trn|k|K|m|M|b|B|T)\b)?`
)

var moneyScales = map[string]string{"quadrillion": "quadrillion", "lakh": "lakh", "lakhs": "lakh", "crore": "crore", "crores": "crore", "lakh crore": "lakh crore", "Mio": "million", "Mrd": "billion", "thousand": "thousand", "k": "thousand", "K": "thousand", "million": "million", "mn": "million", "mln": "million", "m": "million", "M": "million", "billion": "billion", "bn": "billion", "bln": "billion", "b": "billion", "B": "billion", "trillion": "trillion", "tn": "trillion", "trn": "trillion", "T": "trillion"}

// money says "$1.5 million" as "one point five million dollars".
func money(r *reader) bool {
	if r.level != full {
		return false
	}
	m := moneyShape.FindStringSubmatch(r.rest(view))
	if m == nil {
		return false
	}
	n := len(m[0])
	if m[1] == "R" && !r.rand(m) {
		return false
	}
	if at := strings.Index(m[0], " to "); at > 0 && r.before() == "by" { // it rose by £1 to £12
		n, m[4], m[5], m[6] = at, "", "", ""
	}
	if strings.HasSuffix(m[2], ",") && m[4] == "" {
		n, m[2], m[3], m[5], m[6] = strings.Index(m[0], m[2])+len(m[2])-1, strings.TrimSuffix(m[2], ","), "", "", ""
	}
	if r.glued(n) {
		return false
	}
	m[2], m[4] = pointed(m[2]), pointed(m[4])
	scale := cmp.Or(m[5], m[3])
	c := currency(strings.Trim(strings.TrimSuffix(strings.TrimSpace(m[1]), "."), "\u00a0"))
	name := c[1]
	if r.adjective(n) || strings.Contains(m[0], "-"+scale) && scale != "" || m[4] == "" && scale == "" && bare(m[2]) == "1" {
		name = c[0]
	}
	spoken := amount(m[2])
	if m[4] != "" && scale == "" && strings.Contains(m[2]+m[4], ".") && c[2] != "" {
		from, to := cents(m[2]+".00", c, name), cents(m[4], c, name)
		if strings.Contains(m[2], ".") {
			from = cents(m[2], c, name)
		}
		if from != "" && to != "" {
			return r.say(from+" to "+to, n)
		}
	}
	if m[4] == "" && scale == "" && c[2] != "" {
		if s := cents(m[2], c, name); s != "" {
			return r.say(s, n)
		}
	}
	if m[4] != "" {
		if m[3] != "" {
			spoken += " " + moneyScales[m[3]]
			scale = m[5]
		}
		spoken += " to " + amount(m[4])
	}
	if scale != "" {
		spoken += " " + moneyScales[scale]
	}
	if m[6] != "" {
		spoken = "more than " + spoken
	}
	return r.say(spoken+" "+name, n)
}

// rand reports whether an R before a number is South African money, not the
// name of a thing: an amount that names have not, or one that is paid.
func (r *reader) rand(m []string) bool {
	if m[0][1] == ' ' || m[0][1] == '.' {
		return false
	}
	before := r.before()
	return m[3] != "" && len(m[3]) > 1 || strings.Contains(m[2], ",") && !strings.HasSuffix(m[2], ",") || m[3] == "m" || len(m[2]) > 1 && paid[before] || len(m[2]) > 2 && owed[before]
}

var (
	paid = set(`cost costs costing paid pay pays paying charge charges charged fined earn earns earned earning worth spend spends spent spending price priced fee fine save saves saved raise raised win wins won`)
	owed = set(`for to than least about only almost nearly another extra over under between`)
)

// pointed writes the comma of "€1,2" as a point.
func pointed(n string) string {
	whole, frac, found := strings.Cut(n, ",")
	if found && digitRun(frac) == len(frac) && len(frac) > 0 && len(frac) < 3 {
		return whole + "." + frac
	}
	return n
}

// currency names the money of a sign or a code.
func currency(sign string) [4]string {
	if c, ok := currencies[sign]; ok {
		return c
	}
	u := units[sign]
	return [4]string{u.one, u.many, "", ""}
}

// cents says "$3.50" as "three dollars and fifty cents".
func cents(n string, c [4]string, name string) string {
	whole, frac, found := strings.Cut(bare(n), ".")
	if !found || len(frac) > 2 {
		return ""
	}
	if len(frac) == 1 {
		frac += "0"
	}
	small := c[3]
	if frac == "01" {
		small = c[2]
	}
	switch {
	case frac == "00" && strings.TrimLeft(whole, "0") == "1":
		return "one " + c[0]
	case frac == "00":
		return cardinal(whole) + " " + name
	case strings.Trim(whole, "0") == "":
		return cardinal(frac) + " " + small
	}
	if strings.TrimLeft(whole, "0") == "1" {
		name = c[0]
	}
	return cardinal(whole) + " " + name + " and " + cardinal(frac) + " " + small
}
