package script

import (
	"strings"
	"unicode"

	"lector/worker/pattern"
)

var romanShape = pattern.New(`^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$`)

// romanNouns stand before a number that counts, romanNames before one that
// orders.
var (
	romanNouns = set(`wrestlemania auto fantasy creed survivor war wars chapter article title part volume act phase stage type class bowl level section book scene appendix tier apollo mark category group annex schedule rocky season episode final world olympiad gemini iphone playstation windows corps division zone grade page vatican vol vol. ch. art. pt. sec.`)
	romanNames = set(`sixtus gustav gustavus celestine clemens callixtus adrian hadrian sergius stephen pedro afonso manuel luis alfonso enrique fernando sancho jaime victor emmanuel humbert farouk hamid suleiman mahmud osman bayezid mustafa ahmed ptolemy cleopatra antiochus seleucus artaxerxes cyrus thutmose tuthmose amenhotep seti menelik rama carol boris simeon petar olaf haakon hakon canute knut magnus erik eric valdemar sweyn rainier guillaume henri philippe wilhelmina maximilian matthias rudolph augustus wladyslaw boleslaw mieszko kazimierz zygmunt bela andras istvan laszlo mircea stefan radu lothair edmund theodosius justinian valentinian leonid gerontius alexios romanos tutankhamun shapur sargon nebuchadnezzar agha pahlavi bagrat erekle tamar king queen pope emperor tsar czar louis charles elizabeth henry george william edward richard james john paul pius benedict leo francis nicholas alexander peter catherine philip felipe carlos juan frederick friedrich wilhelm napoleon harald gustaf carl albert leopold baudouin margrethe christian frederik haakon olav willem mary innocent gregory clement urban boniface ivan vladimir yaroslav sigismund casimir stanislaw ladislaus mehmed selim murad abdullah hussein mohammed hassan ramses rameses darius xerxes constantine theodore michael basil filaret bartholomew kirill adolf otto rudolf ferdinand joseph franz francois umberto vittorio emanuel`)
)

var centuries = set(`century centuries Olympic Olympics Olympiad Legion`)

// ordinalTail returns the numeral of "XIVth", or nothing for other words.
func ordinalTail(word string) string {
	if len(word) < 3 || strings.IndexByte("IVXLC", word[0]) < 0 {
		return ""
	}
	switch n := len(word) - 2; word[n:] {
	case "st", "nd", "rd", "th":
		return word[:n]
	}
	return ""
}

func roman(r *reader, word string) bool {
	bare := strings.TrimRight(word, ".")
	if r.level != full || r.language.tag != "en" {
		return false
	}
	if m := ordinalTail(bare); m != "" && romanShape.MatchString(m) {
		the := ""
		if r.person() {
			the = "the "
		}
		return r.say(the+ordinal(itoa(romanValue(m))), len(bare))
	}
	if strings.Trim(bare, "ivx") == "" && romanNouns[r.before()] && (len(bare) > 1 || r.before() != "book" && r.before() != "section") {
		if upper := strings.ToUpper(bare); romanShape.MatchString(upper) {
			return r.say(cardinal(itoa(romanValue(upper))), len(bare))
		}
	}
	if r.level != full || bare == "" || len(bare) > 8 || strings.IndexByte("IVXLCDM", bare[0]) < 0 || !romanShape.MatchString(bare) || r.language.tag != "en" {
		return false
	}
	before, next := r.before(), firstWord(r.after(len(bare)))
	if len(bare) == 1 && len(word) > 1 && unicode.IsUpper(firstRune(next)) { // an initial: "Richard V. Smith"
		return false
	}
	value := cardinal(itoa(romanValue(bare)))
	switch {
	case len(bare) > 1 && centuries[next]:
		return r.say(toOrdinal(value), len(bare))
	case (next == "Corps" || next == "Airborne") && romanValue(bare) < 40:
		return r.say(toOrdinal(value), len(bare))
	case romanNames[strings.TrimSuffix(before, "'s")] && romanValue(bare) < 40 && r.capitalBefore() && !(bare == "I" && !r.nameEnds(len(bare)) && !r.crowned()):
		return r.say("the "+toOrdinal(value), len(bare))
	case romanNouns[before] && (len(bare) > 1 || bare == "V" || bare == "X" || bare == "I" && r.capitalBefore() && r.nameEnds(1) || bare == "I" && (before == "war" || before == "part" || before == "act" || before == "phase" || before == "chapter" || before == "title" || before == "type")):
		return r.say(value, len(bare))
	case (bare == "IV" || bare == "VI" || bare == "IX") && r.capitalBefore() && r.person():
		return r.say("the "+toOrdinal(value), len(bare))
	case bare == "V" && r.capitalBefore() && len(before) > 1 && !unicode.IsUpper(firstRune(next)) && !strings.HasPrefix(r.after(1), "."):
		if r.person() {
			return r.say("the fifth", 1)
		}
		return r.say(value, 1)
	case plainNumeral[bare] && r.capitalBefore():
		if r.person() {
			return r.say("the "+toOrdinal(value), len(bare))
		}
		return r.say(value, len(bare))
	}
	return false
}

// plainNumeral are Roman numbers that hardly mean anything else: "Final
// Fantasy VII".
var plainNumeral = set(`II III VII VIII XII XIII XIV XVI XVII XVIII XIX XXI XXII XXIII XXIV`)

// person reports whether a given name stands within the three words before, so
// that a numeral orders: "Hank Williams III".
func (r *reader) person() bool {
	fields := strings.Fields(r.src[max(0, r.pos-40):r.pos])
	for i := len(fields) - 1; i >= max(0, len(fields)-3); i-- {
		w := strings.Trim(fields[i], ",()\"“”")
		if !unicode.IsUpper(firstRune(w)) {
			return false
		}
		if givenNames[strings.ToLower(w)] || romanNames[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

var givenNames = set(`thurston quincy james john robert michael william david davis richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle noah ethan jeremy walter christian keith roger terry austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene hank cornelius winthrop nelson tom jim bob bill ted steve mike dan ron ken greg jeff harry fred ernest theodore ulysses gus trey cale lamar calvin clay clarence lloyd grant marcus earl otis reggie luther franklin potter prescott adlai strom mitt sonny ken griffey floyd evander cal dale odell marvin karl bernard leonard martin hugh oliver edgar ezra jay forrest rex royce sterling walker warren wendell wesley wyatt`)

// between says the x that stands alone in a measure: "10 cm x 15 cm".
func between(r *reader, word string) bool {
	if word != "x" && word != "X" || r.level != full || r.pos < 2 || r.src[r.pos-1] != ' ' || digitRun(strings.TrimPrefix(r.after(1), " ")) == 0 {
		return false
	}
	fields := strings.Fields(r.src[max(0, r.pos-24):r.pos])
	if n := len(fields); n > 0 && (digitRun(fields[n-1]) > 0 || n > 1 && digitRun(fields[n-2]) > 0 && units[fields[n-1]].one != "") {
		return r.say("by", 1)
	}
	return false
}

// crowned reports whether a title stands before the name before this place:
// "Pope Francis I was".
func (r *reader) crowned() bool {
	fields := strings.Fields(r.src[max(0, r.pos-40):r.pos])
	return len(fields) > 1 && crowns[fields[len(fields)-2]]
}

var crowns = set(`King Queen Pope Emperor Empress Tsar Czar Kaiser Shah Sultan Patriarch Prince`)

// nameEnds reports whether a lone I can be a numeral: no verb follows it.
func (r *reader) nameEnds(n int) bool {
	next := firstWord(r.after(n))
	return !set(`am was have had will would do did think know saw can could said want feel believe`)[next]
}

func romanValue(s string) int {
	values := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}
	sum := 0
	for i := 0; i < len(s); i++ {
		v := values[s[i]]
		if i+1 < len(s) && values[s[i+1]] > v {
			sum -= v
		} else {
			sum += v
		}
	}
	return sum
}
