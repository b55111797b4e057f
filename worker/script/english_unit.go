package script

import (
	"cmp"
	"strings"

	"lector/worker/pattern"
)

// unit is what is counted: kilometers, percent, euros, millions.
type unit struct {
	one, many string
	scale     bool // a number word, which may be followed by a unit
}

// stopped are units that are often written with a full stop.
var stopped = set(`mo mos wk wks tsp tbsp min mins hr hrs sec secs ft lb lbs oz mi yd yds gal`)

// word returns the unit as it stands behind the number n.
func (u unit) word(n string, adjective bool) string {
	if n == "1" || adjective {
		return u.one
	}
	return u.many
}

// unitAfter returns the unit that begins n bytes behind the current place, and
// its length with the space before it.
func unitAfter(r *reader, n int) (unit, int) {
	s := r.after(n)
	rest := strings.TrimLeft(s, " \u00a0\u202f")
	gap := len(s) - len(rest)
	if gap > 3 {
		return unit{}, 0
	}
	hyphen := 0
	if gap == 0 && strings.HasPrefix(rest, "-") {
		hyphen, rest = 1, rest[1:]
	}
	if strings.HasPrefix(rest, "in.") && (len(rest) == 3 || lowerStart(firstWord(rest[3:])) && rest[3] == ' ') && hyphen == 0 {
		end := gap + 2
		if len(rest) > 3 {
			end++
		}
		return unit{one: "inch", many: "inches"}, end
	}
	if hyphen == 1 && strings.HasPrefix(rest, "in") {
		if tail := strings.TrimPrefix(rest[2:], "."); attributive(tail) {
			return unit{one: "inch", many: "inch"}, 1 + len(rest) - len(tail)
		}
	}
	if u, took := temperature(r, n, s); took > 0 {
		return u, took
	}
	if m := footMark.FindStringSubmatch(rest); m != nil && gap == 0 && hyphen == 0 {
		return unit{one: "foot", many: "feet"}, len(m[1])
	}
	if strings.HasPrefix(rest, "p.p.") && hyphen == 0 {
		return units["pp"], gap + len("p.p.")
	}
	if inch(r, rest) && gap == 0 && hyphen == 0 {
		return unit{one: "inch", many: "inch"}, 1
	}
	if u, took := scaleLetter(r, n, rest); took > 0 && gap == 0 && hyphen == 0 {
		return u, took
	}
	if strings.HasPrefix(rest, "sq. ") {
		u, n := units["sq "+word1(rest[4:])], 4+len(word1(rest[4:]))
		if u.one != "" {
			if tail := rest[n:]; strings.HasPrefix(tail, ". ") && lowerStart(firstWord(tail)) {
				n++
			}
			return u, gap + n
		}
	}
	end := unitEnd(rest)
	for ; end > 0; end = shorter(rest, end) {
		name := rest[:end]
		u, ok := units[name]
		if !ok || hyphen == 1 && !u.scale && len(name) < 2 && !(joinedBy[name] && attributive(rest[end:])) || gap == 0 && hyphen == 0 && spaced[name] || gap > 0 && tight[name] && !(name == "s" && (strings.Contains(r.src[r.pos:r.pos+n], ".") || lasting[r.before()])) {
			continue
		}
		if name == "kt" && heavy.MatchString(rest[end:]) {
			return unit{one: "kiloton", many: "kilotons"}, gap + end
		}
		if name == "m" && hyphen == 0 && millions(rest[end:], gap) {
			return unit{one: "million", many: "million", scale: true}, gap + end
		}
		if hyphen == 1 || gap == 0 && sizes[name] && attributive(rest[end:]) { // a 155-mm shell
			u.many = u.one
		}
		if m := perMany.FindStringSubmatch(rest[end:]); m != nil && units[m[2]].one != "" && hyphen == 0 {
			by := " per " + amount(m[1]) + " " + units[m[2]].many
			return unit{one: u.one + by, many: u.many + by}, gap + end + len(m[0])
		}
		if name := per(strings.TrimPrefix(rest[end:], "/")); strings.HasPrefix(rest[end:], "/") && name != "" && hyphen == 0 {
			by := cmp.Or(units[name].one, shortSpans[name], name)
			return unit{one: u.one + " per " + by, many: u.many + " per " + by}, gap + end + 1 + len(name)
		}
		if strings.HasPrefix(rest[end:], ". ") && !u.scale && (lowerStart(firstWord(rest[end:])) || stopped[name] && digitRun(rest[end+2:]) > 0) {
			end++
		}
		return u, gap + hyphen + end
	}
	return unit{}, 0
}

// heavy is what stands behind a kiloton, not a knot.
var heavy = pattern.New(`^(?: of|/| bombs?| blasts?| warheads?| yields?| explosions?)\b`)

// footMark is that of "8' high".
var footMark = pattern.New(`^(['’′]) (?:high|tall|long|wide|deep|above|below|across|thick)\b`)

// perMany is the end of "l/100 km".
var perMany = pattern.New(`^/ ?(\d[\d,]*) ?([A-Za-z]+)\b`)

// measured says the unit behind a part of one: "½ tsp", "33 1/3 rpm". What is
// less than one is "half a" or "of a" unit.
func (r *reader) measured(spoken string, n int, less bool) (string, int) {
	u, took := unitAfter(r, n)
	switch {
	case u.one == "" || r.glued(n+took) || spaced[r.after(n)[took-1:took]] && took == 2: // 1/2 A
		return spoken, n
	case !less || u.scale || strings.HasPrefix(u.one, "percent"):
		if r.adjective(n + took) {
			return spoken + " " + u.one, n + took
		}
		return spoken + " " + u.many, n + took
	case strings.HasPrefix(spoken, "one "):
		return spoken + " " + u.one, n + took
	}
	return spoken + " of " + article(u.one) + " " + u.one, n + took
}

// article returns the indefinite one that stands before a unit.
func article(word string) string {
	if strings.IndexByte("aeio", word[0]) >= 0 || strings.HasPrefix(word, "hour") {
		return "an"
	}
	return "a"
}

// inch knows the mark of 12" pizza, which closes no quote.
func inch(r *reader, rest string) bool {
	return len(rest) > 2 && rest[0] == '"' && rest[1] == ' ' && rest[2] >= 'a' && rest[2] <= 'z' && strings.Count(r.src[max(0, r.pos-200):r.pos], `"`)%2 == 0
}

// scaleLetter knows "10M downloads" and "10B"; a seat and a gate have letters
// too, and so has the company 3M.
func scaleLetter(r *reader, n int, rest string) (unit, int) {
	if rest == "" || rest[0] != 'M' && rest[0] != 'B' || len(rest) > 1 && (wordRune(firstRune(rest[1:])) || rest[1] == '-') {
		return unit{}, 0
	}
	number := r.src[r.pos : r.pos+n]
	if !countable(rest[1:]) && (len(number) < 2 || rest[0] == 'B' && !strings.Contains(number, ".")) || lettered[r.before()] {
		return unit{}, 0
	}
	name := map[byte]string{'M': "million", 'B': "billion"}[rest[0]]
	return unit{one: name, many: name, scale: true}, 1
}

var lettered = set(`room seat gate apt apt. apartment flat unit row block exhibit form section route bus grade class platform building line page article model suite terminal`)

// millions reports whether the m before rest is short for million: "2m
// people", "1.2 m barrels", but not "100m hurdles".
func millions(rest string, gap int) bool {
	next := firstWord(rest)
	if gap > 0 {
		return strings.HasPrefix(rest, " ") && inMillions[next]
	}
	return inMillions[next] && strings.HasPrefix(rest, " ") || countable(rest) && !ofMeters[next]
}

var (
	inMillions = set(`b sq square cubic acres hectares ha litres liters gallons bbl boe came fled left died returned voted lost live lived watched crossed need face were have people barrels bpd tonnes tons users households homes jobs votes voters viewers doses vehicles cars migrants refugees children workers customers passengers subscribers residents citizens`)
	ofMeters   = set(`hurdles finals heats times champions winners races waves walls events specialists sprints sprinters swells cliffs trenches towers fences titles records runners upwards downwards backwards forwards towards inwards across less`)
)

// sizes are units that stand before the thing they measure.
var sizes = set(`mm cm m km kg lb ft`)

// attributive reports whether s goes on with a thing, not with a word of place
// or time: "155mm shells", but "10km away".
func attributive(s string) bool {
	next := firstWord(s)
	return strings.HasPrefix(s, " ") && len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' && !loose[next] && !strings.HasSuffix(next, "ly") && !strings.HasSuffix(next, "wards")
}

var loose = set(`of from away long wide high deep tall thick and or in to at on off by per above below behind beyond inside outside into across apart round around through along near between against north south east west northeast northwest southeast southwest inland upstream downstream before after during while later up down out over under with without within for is was were are be been has have had will would can could may than as but that which who when where while if it they we he she i a an the this these those since until till every each short ahead closer further farther higher lower more less only just not so because either`)

var determiners = set(`the its his her their our this that another each every new proposed planned initial record first second third last latest final huge massive multi-year`)

// pastForm reports whether a word is more likely a verb than a noun, so that
// the amount before it stands alone: "the $5bn raised".
func pastForm(word string) bool {
	return strings.HasSuffix(word, "ed") || strings.HasSuffix(word, "ing") && !things[word] || verbs[word]
}

// things are nouns that end like verbs.
var things = set(`serving building ceiling opening painting wedding meeting briefing swing string ring wing spring king filling landing crossing clearing holding listing offering pudding dressing fencing funding financing tubing piping bearing coating`)

var verbs = set(`went goes came comes spent paid lost given gave sent stolen made makes taken took helps buys bought left remains became becomes seems needs covers includes represents means worth annually total`)

// word1 returns the letters that s begins with.
func word1(s string) string {
	end := strings.IndexFunc(s, func(c rune) bool { return c < 'A' })
	if end < 0 {
		return s
	}
	return s[:end]
}

// unitEnd returns where the run of unit characters ends: "sq km" and "km/h"
// are one.
func unitEnd(s string) int {
	end := 0
	for i, c := range s {
		if !(wordRune(c) && c > '9' || strings.ContainsRune("%‰°/²³€£$¢₴₽µμ", c) || (c == '2' || c == '3') && i > 0 || c == ' ' && (strings.HasPrefix(s, "sq ") || strings.HasPrefix(s, "cubic ") || strings.HasPrefix(s, "cu ") || strings.HasPrefix(s, "fl ")) && i < 6) {
			break
		}
		end = i + len(string(c))
		if end > 16 {
			return end
		}
	}
	return end
}

// shorter tries the unit without its last piece: "km/h" then "km".
func shorter(s string, end int) int {
	at := strings.LastIndexAny(s[:end], "/ ")
	if at > 0 {
		return at
	}
	if end > 0 && (s[0] == '%' || strings.HasPrefix(s, "°")) && end > 1 {
		return 1
	}
	return 0
}

// spaced units need a space before them, tight ones must not have one.
var (
	spaced = set(`B A N J`)
	tight  = set(`k K b B T " ' s`)
)

// joinedBy are units of one letter that a hyphen may join: a 12-V battery.
var joinedBy = set(`m L l V W g`)

// alone are units that are said in full where no number stands before them.
var alone = set(`km kg mph km/h kph kWh MWh GWh TWh MW GW kW cm`)

// loneUnit says "per kg" and "how many km".
func loneUnit(r *reader, word string) bool {
	word = strings.TrimSuffix(word, ".")
	if whole := r.rest(16)[:unitEnd(r.rest(16))]; alone[whole] && len(whole) > len(word) {
		word = whole
	}
	u, ok := units[word]
	switch {
	case !ok || u.scale || r.level != full:
		return false
	case r.before() == "per" && len(word) > 1:
		return r.say(u.one, len(word))
	}
	return alone[word] && !r.numberBefore() && r.say(u.many, len(word))
}

var units = func() map[string]unit {
	m := map[string]unit{}
	for line := range strings.SplitSeq(englishUnits, "\n") {
		names, spoken, _ := strings.Cut(line, " = ")
		one, many, found := strings.Cut(spoken, ", ")
		if !found {
			many = one
		}
		for name := range strings.SplitSeq(names, "|") {
			m[strings.TrimSpace(name)] = unit{one: one, many: many}
		}
	}
	for line := range strings.SplitSeq(prefixedUnits, "\n") {
		short, spoken, _ := strings.Cut(line, " = ")
		one, many, _ := strings.Cut(spoken, ", ")
		base, prefixes, _ := strings.Cut(short, " ")
		for prefix := range strings.FieldsSeq(prefixes) {
			if _, known := m[prefix+base]; !known {
				m[prefix+base] = unit{one: powersOfTen[prefix] + one, many: powersOfTen[prefix] + cmp.Or(many, one)}
			}
		}
	}
	for name, spoken := range map[string]string{
		"thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion", "hundred": "hundred", "dozen": "dozen",
		"k": "thousand", "K": "thousand", "mn": "million", "mln": "million", "bn": "billion", "bln": "billion", "tn": "trillion", "trn": "trillion",
	} {
		m[name] = unit{one: spoken, many: spoken, scale: true}
	}
	return m
}()

// powersOfTen are the prefixes of the International System of Units.
var powersOfTen = map[string]string{"p": "pico", "n": "nano", "µ": "micro", "μ": "micro", "u": "micro", "m": "milli", "c": "centi", "d": "deci", "k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta", "E": "exa", "Z": "zetta", "h": "hecto"}

// prefixedUnits are the bases of units, with the prefixes that hardly mean
// anything else: no "TV", "PM" or "MA".
const prefixedUnits = `t G M = ton, tons
J k M G T P = joule, joules
N m k = newton, newtons
Pa µ μ m k M G h = pascal, pascals
Sv n µ μ m = sievert, sieverts
Gy µ μ m = gray
V µ μ m k = volt, volts
A µ μ m k = amp, amps
W µ μ m k M G T = watt, watts
Hz m k M G T = hertz
g n p µ μ u m k = gram, grams
l µ μ n m c d h = liter, liters
L µ μ n m c d = liter, liters
m n µ μ = meter, meters
eV m k M G T = electronvolt, electronvolts
Bq m k M G T P = becquerel, becquerels
bps k M G T = bit per second, bits per second
bit k M G T = bit, bits
B P E Z = byte, bytes
F p n µ μ = farad, farads
mol µ μ n m k = mole, moles
cal k = calorie, calories
ton k M = ton, tons
m² µ μ = square meter, square meters
VA k M = volt-ampere, volt-amperes
VAh k M = volt-ampere-hour, volt-ampere-hours
Wp k M G = watt peak, watts peak`

const englishUnits = `% = percent
pp|p.p.|pps = percentage point, percentage points
pct = percent
bp|bps = basis point, basis points
‰ = per mille
mpg = mile per gallon, miles per gallon
ppm = part per million, parts per million
ppb = part per billion, parts per billion
tsp = teaspoon, teaspoons
tbsp = tablespoon, tablespoons
mo|mos = month, months
wk|wks = week, weeks
bcm = billion cubic meters
bcf = billion cubic feet
bpm = beat per minute, beats per minute
dBA = A-weighted decibel, A-weighted decibels
fl oz = fluid ounce, fluid ounces
qt|qts = quart, quarts
cu yd = cubic yard, cubic yards
cu in = cubic inch, cubic inches
cu mi = cubic mile, cubic miles
cu km|cubic km = cubic kilometer, cubic kilometers
cu cm|cubic cm = cubic centimeter, cubic centimeters
in/hr|in/h = inch per hour, inches per hour
sq yd|yd²|yd2 = square yard, square yards
sq cm = square centimeter, square centimeters
mm²|mm2 = square millimeter, square millimeters
dm³|dm3 = cubic decimeter, cubic decimeters
in² = square inch, square inches
in³ = cubic inch, cubic inches
ft³|ft3 = cubic foot, cubic feet
ft/s = foot per second, feet per second
mi/h = mile per hour, miles per hour
cm/s = centimeter per second, centimeters per second
m/s²|m/s2 = meter per second squared, meters per second squared
cfs = cubic foot per second, cubic feet per second
gpm = gallon per minute, gallons per minute
dpi = dot per inch, dots per inch
ppi = pixel per inch, pixels per inch
lm = lumen, lumens
lx = lux
lb-ft|ft-lb|ft-lbs = pound-foot, pound-feet
Nm|N·m = newton-meter, newton-meters
Btu|BTU|BTUs = B T U, B T Us
MMBtu = million B T U
mcm = million cubic meters
tcf = trillion cubic feet
mcf = thousand cubic feet
boe = barrel of oil equivalent, barrels of oil equivalent
boepd|boe/d = barrel of oil equivalent per day, barrels of oil equivalent per day
tpd = ton per day, tons per day
dwt = deadweight ton, deadweight tons
TEU|TEUs = T E U, T E Us
inHg = inch of mercury, inches of mercury
Ah = amp-hour, amp-hours
Gy = gray
Bq = becquerel, becquerels
Ω = ohm, ohms
kΩ = kilohm, kilohms
MΩ = megohm, megohms
mol = mole, moles
MiB = mebibyte, mebibytes
GiB = gibibyte, gibibytes
TiB = tebibyte, tebibytes
KiB = kibibyte, kibibytes
MT/s = megatransfer per second, megatransfers per second
GB/s = gigabyte per second, gigabytes per second
KB/s|kB/s = kilobyte per second, kilobytes per second
mmol = millimole, millimoles
Mt = megaton, megatons
GtCO2|GtCO2e = gigaton of C O two, gigatons of C O two
km|kms = kilometer, kilometers
m = meter, meters
cm = centimeter, centimeters
mm = millimeter, millimeters
nm = nanometer, nanometers
mi = mile, miles
ft = foot, feet
bu = bushel, bushels
ac = acre, acres
MWe|MWt = megawatt, megawatts
kWe = kilowatt, kilowatts
GWe = gigawatt, gigawatts
kcfs = thousand cubic feet per second
yd|yds = yard, yards
nmi = nautical mile, nautical miles
km/h|kmh|kph|kmph = kilometer per hour, kilometers per hour
m/s = meter per second, meters per second
km/s = kilometer per second, kilometers per second
mph = mile per hour, miles per hour
kn|kt|kts = knot, knots
sq mile|sq miles = square mile, square miles
sq metre|sq metres|sq meter|sq meters = square meter, square meters
sq foot|sq feet = square foot, square feet
sq in|sq inch|sq inches = square inch, square inches
cubic m|cu m = cubic meter, cubic meters
cubic ft|cu ft = cubic foot, cubic feet
km²|km2|sq km|sq. km = square kilometer, square kilometers
m²|m2|sq m = square meter, square meters
cm²|cm2 = square centimeter, square centimeters
sq ft|ft²|ft2 = square foot, square feet
sq mi|mi²|mi2 = square mile, square miles
m³|m3 = cubic meter, cubic meters
km³|km3 = cubic kilometer, cubic kilometers
cm³|cm3|cc = cubic centimeter, cubic centimeters
ha = hectare, hectares
kg|kgs = kilogram, kilograms
g = gram, grams
mg = milligram, milligrams
µm|μm = micrometer, micrometers
µSv|μSv = microsievert, microsieverts
mSv = millisievert, millisieverts
µg|μg|mcg = microgram, micrograms
lb|lbs = pound, pounds
oz = ounce, ounces
t = ton, tons
kt-TNT = kiloton, kilotons
l|L = liter, liters
ml|mL = milliliter, milliliters
cl = centiliter, centiliters
gal = gallon, gallons
bbl = barrel, barrels
MMbbl|mmbbl = million barrels
Mbbl = thousand barrels
MMbpd|mmbpd|mmb/d|mb/d = million barrels per day
MMBtu/d = million B T U per day
bpd|b/d|bopd = barrel per day, barrels per day
W = watt, watts
kW = kilowatt, kilowatts
MW = megawatt, megawatts
GW = gigawatt, gigawatts
TW = terawatt, terawatts
Wh = watt-hour, watt-hours
kWh = kilowatt-hour, kilowatt-hours
MWh = megawatt-hour, megawatt-hours
GWh = gigawatt-hour, gigawatt-hours
TWh = terawatt-hour, terawatt-hours
V = volt, volts
kV = kilovolt, kilovolts
A = amp, amps
mAh = milliamp-hour, milliamp-hours
Hz = hertz
kHz = kilohertz
MHz = megahertz
GHz = gigahertz
B = byte, bytes
KB|kB = kilobyte, kilobytes
MB = megabyte, megabytes
GB = gigabyte, gigabytes
TB = terabyte, terabytes
PB = petabyte, petabytes
kbps = kilobit per second, kilobits per second
Mbps|mbps|Mbit/s|Mb/s = megabit per second, megabits per second
Gbps|gbps|Gbit/s|Gb/s = gigabit per second, gigabits per second
MB/s = megabyte per second, megabytes per second
px = pixel, pixels
MP = megapixel, megapixels
fps = frame per second, frames per second
rpm = revolution per minute, revolutions per minute
°C|℃ = degree Celsius, degrees Celsius
°F|℉ = degree Fahrenheit, degrees Fahrenheit
° = degree, degrees
dB = decibel, decibels
Pa = pascal, pascals
mbar = millibar, millibars
hPa = hectopascal, hectopascals
kPa = kilopascal, kilopascals
MPa = megapascal, megapascals
psi = pound per square inch, pounds per square inch
mmHg = millimeter of mercury, millimeters of mercury
kJ = kilojoule, kilojoules
MJ = megajoule, megajoules
cal = calorie, calories
kcal = kilocalorie, kilocalories
hp = horsepower
s|sec|secs = second, seconds
ms = millisecond, milliseconds
µs|μs = microsecond, microseconds
ns = nanosecond, nanoseconds
min|mins = minute, minutes
h|hr|hrs = hour, hours
dl|dL = deciliter, deciliters
¢ = cent, cents
€|EUR = euro, euros
£|GBP = pound, pounds
$ = dollar, dollars
USD|US$ = U S dollar, U S dollars
CAD = Canadian dollar, Canadian dollars
AUD = Australian dollar, Australian dollars
CHF = Swiss franc, Swiss francs
JPY = yen
CNY|RMB = yuan
UAH|₴ = hryvnia, hryvnias
RUB|₽ = ruble, rubles
PLN|zł = zloty, zlotys
CZK|Kč = Czech koruna, Czech korunas
HUF = forint, forints
RON = leu, lei
SEK = Swedish krona, Swedish kronor
NOK = Norwegian krone, Norwegian kroner
DKK = Danish krone, Danish kroner
TRY = Turkish lira, Turkish lira
INR = rupee, rupees
KRW = won
BTC = bitcoin, bitcoins`
