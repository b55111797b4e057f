package extract

import (
	"strconv"
	"strings"
	"time"

	"lector/worker/pattern"
)

// months in the languages of the house, by the name or its beginning.
var months = func() map[string]time.Month {
	m := map[string]time.Month{}
	for i, line := range strings.Split(`jan january janvier januar enero gennaio stycznia styczeń січня січень січ января январь янв januari janv ene gen jän jänner stycz sty janeiro januari januar ocak leden ledna ianuarie január siječnja
feb february février februar febrero febbraio lutego luty лютого лютий лют февраля февраль фев févr fév febr lut fevereiro februari februar şubat únor února februarie február veljače
mar march mars märz marzo marca marzec березня березень бер марта март mär mrz março maart marts mart březen března martie március ožujka
apr april avril abril aprile kwietnia kwiecień квітня квітень квіт апреля апрель апр avr abr kwi april nisan duben dubna aprilie április travnja
may mai mayo maggio maja maj травня травень трав мая май mag maio mei maj mayıs květen května május svibnja
jun june juin juni junio giugno czerwca czerwiec червня червень черв июня июнь июн giu cze junho juni haziran červen června iunie június lipnja
jul july juillet juli julio luglio lipca lipiec липня липень лип июля июль июл juil lug lip julho juli temmuz červenec července iulie július srpnja
aug august août agosto sierpnia sierpień серпня серпень серп августа август авг ago sie augustus augusti ağustos srpen srpna augusztus kolovoza
sep sept september septembre septiembre settembre września wrzesień вересня вересень вер сентября сентябрь сен set wrz setiembre setembro eylül září septembrie szeptember rujna
oct october octobre oktober octubre ottobre października październik жовтня жовтень жовт октября октябрь окт okt ott paź outubro oktober oktober ekim říjen října octombrie október
nov november novembre noviembre novembre listopada listopad листопада листопад лист ноября ноябрь ноя lis novembro kasım noiembrie studenoga
dec december décembre dezember diciembre dicembre grudnia grudzień грудня грудень груд декабря декабрь дек dez déc dic gru dezembro december aralık prosinec prosince decembrie prosinca`, "\n") {
		for _, name := range strings.Fields(line) {
			m[name] = time.Month(i + 1)
		}
	}
	return m
}()

var (
	dateDMY = pattern.New(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?: de| di)? ?(\p{L}{3,12})\.?,?(?: de| di| del)? (\d{4})\b`)
	dateMDY = pattern.New(`(?i)\b(\p{L}{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b`)
	dateISO = pattern.New(`\b(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?`)
	dateYMD = pattern.New(`(?:^|\D)(\d{4})(?:[./] ?|年 ?)(\d{1,2})(?:[./] ?|月 ?)(\d{1,2})(?:日|\.|\b)`)
	dateNum = pattern.New(`\b(\d{1,2})([./])(\d{1,2})[./](\d{4})\b`)
)

// date is a date found in a text, and where.
type date struct {
	time       time.Time
	start, end int
}

// findDate returns the first date with a year that stands in s.
func findDate(s string) (date, bool) {
	if !hasYear(s) {
		return date{}, false
	}
	for _, m := range dateDMY.FindAllStringSubmatchIndex(s, 4) {
		if d, ok := written(s, m, m[4:6], m[2:4], m[6:8]); ok {
			return d, true
		}
	}
	for _, m := range dateMDY.FindAllStringSubmatchIndex(s, 4) {
		if d, ok := written(s, m, m[2:4], m[4:6], m[6:8]); ok {
			return d, true
		}
	}
	if m := dateISO.FindStringSubmatchIndex(s); m != nil {
		return numeric(m, number(s, m[2:4]), number(s, m[4:6]), number(s, m[6:8]))
	}
	if m := yearFirst(s); m != nil {
		return numeric(m, number(s, m[2:4]), number(s, m[4:6]), number(s, m[6:8]))
	}
	if m := dateNum.FindStringSubmatchIndex(s); m != nil {
		day, month := number(s, m[2:4]), number(s, m[6:8])
		if s[m[4]] == '/' && day <= 12 && month > 12 { // month first
			day, month = month, day
		}
		return numeric(m, number(s, m[8:10]), month, day)
	}
	return date{}, false
}

func yearFirst(s string) []int {
	for i := 4; i < len(s); i++ { // a mark behind four digits; the pattern is slow
		if (s[i] == '.' || s[i] == '/' || s[i] >= 0x80) && hasYear(s[i-4:i]) {
			return dateYMD.FindStringSubmatchIndex(s)
		}
	}
	return nil
}

// hasYear reports whether four digits stand together, as in each form of date
// that is known here.
func hasYear(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			continue
		}
		if run++; run == 4 {
			return true
		}
	}
	return false
}

func written(s string, m, month, day, year []int) (date, bool) {
	name, ok := months[strings.ToLower(s[month[0]:month[1]])]
	if !ok {
		return date{}, false
	}
	return numeric(m, number(s, year), int(name), number(s, day))
}

func numeric(m []int, year, month, day int) (date, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	ok := t.Day() == day && t.Month() == time.Month(month) && year > 1800 && year < 2200
	return date{t, m[0], m[1]}, ok
}

func number(s string, at []int) int {
	n, _ := strconv.Atoi(s[at[0]:at[1]]) // the pattern holds digits only
	return n
}

var dayTime = pattern.New(`(?i)^(?:\p{L}+,? )?(?:(\d{1,2})\.? (\p{L}{3,12})|(\p{L}{3,12})\.? (\d{1,2}))\.?,?(?: (?:в|о|об|at|um|à|alle|ore|a las|às|kl\.?|godz\.?))? \d{1,2}[:.h]\d{2}(?: ?[ap]\.?m\.?| uhr)?$`)

// sameYear reports whether a line is a day and a time without a year.
func sameYear(s string) bool {
	m := dayTime.FindStringSubmatch(s)
	return m != nil && months[strings.ToLower(m[2]+m[3])] > 0
}

var dateTime = pattern.New(`(?i)\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?|\b\d{1,2} ?[ap]\.?m\.?`)

// onlyDate reports whether s holds a date, a time, and the words that go with
// them, and nothing else.
func onlyDate(s string) bool {
	d, ok := findDate(s)
	if !ok {
		return false
	}
	rest := dateTime.ReplaceAllString(s[:d.start]+" "+s[d.end:], " ")
	if again, ok := findDate(rest); ok {
		rest = rest[:again.start] + " " + rest[again.end:]
	}
	rest = lapse.ReplaceAllString(rest, " ")
	for w := range strings.FieldsFuncSeq(strings.ToLower(rest), func(r rune) bool { return strings.ContainsRune(" ,.;:|·•–—-()/\u00a0", r) }) {
		if !besideDate[w] {
			return false
		}
	}
	return true
}

// lapse is a time that passed or will pass: "2 hours ago", "4 min read".
var lapse = pattern.New(`(?i)\b(?:an?|\d+)[ -](?:min(?:ute)?|hour|hr|day|week)s?\.?[ -](?:ago|read)\b`)

var besideDate = words(`yayınlanma yayın güncelleme güncellendi saat publicerad uppdaterad kl publisert oppdatert julkaistu päivitetty publikováno vydáno megjelent actualizat publicat gepubliceerd bijgewerkt geplaatst om uur publicada atualizado atualizada às em segunda terça quarta quinta sexta sábado feira salı çarşamba perşembe cuma cumartesi pazar pazartesi maandag dinsdag woensdag donderdag vrijdag zaterdag zondag 입력 수정 승인 更新 公開 配信 发布时间 发布 时间 published updated posted created modified last first on at am pm a m p gmt utc et est edt bst cet cest eet eest msk kyiv kiev time local pt pst pdt mst mdt cst cdt ct mt uhr um am vom stand veröffentlicht aktualisiert опубліковано оновлено о об в у за києвом опубликовано обновлено мск publié le mis à jour jour par à h actualizado publicado el a las h pubblicato aggiornato il alle ore opublikowano aktualizacja godz zaktualizowano dnia monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica poniedziałek wtorek środa czwartek piątek sobota niedziela понеділок вівторок середа четвер п'ятниця субота неділя понедельник вторник среда пятница суббота воскресенье date г р року года`)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
