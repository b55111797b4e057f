package script

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// spelledOut spells initialisms by the names of the language's letters.
func spelledOut(r *reader, word string) bool {
	bare := strings.TrimRight(word, ".")
	n := utf8.RuneCountInString(bare)
	if r.shouting || n < 2 || n > 5 || !allUpper(bare) || r.language.letters == nil || sayable(bare) {
		return false
	}
	names := make([]string, 0, n)
	for _, c := range bare {
		name := r.language.letters[unicode.ToLower(c)]
		if name == "" {
			return false
		}
		names = append(names, name)
	}
	return r.say(strings.Join(names, "-"), len(bare))
}

// sayable reports whether a word of capitals can be said: a vowel in every
// group of letters.
func sayable(s string) bool {
	run, vowels := 0, 0
	for _, c := range unicodeLower(s) {
		if strings.ContainsRune("aeiouyäöüáéíóúàèìòùâêîôûąęаеєиіїоуюяыэё", c) {
			vowels++
			run = 0
			continue
		}
		if run++; run > 2 {
			return false
		}
	}
	return vowels > 0 && utf8.RuneCountInString(s) > 3 || vowels > 0 && utf8.RuneCountInString(s) == 3 && strings.ContainsRune("aeiouаеиіоуяы", []rune(unicodeLower(s))[1])
}

func unicodeLower(s string) string { return strings.ToLower(s) }

func ukrainian() *language {
	return &language{
		tag: "uk", by: "Автор: %s.", and: "та",
		months: twelve(`січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня`),
		dated: func(t time.Time, l *language) string {
			return t.Format("2") + " " + l.months[t.Month()-1] + t.Format(" 2006") + " року."
		},
		abbreviations: set(`ім проф акад доц ген полк підполк кап лейт серж бриг адм м с смт вул бул просп пл пров р-н обл буд кв стор див напр п пп гр зв тел т.зв т.д.і о св преп блаж мл ст.лейт кв.м`),
		beforeNumber:  set(`№ ст рис табл п ч гл розд т с стор пп січ лют бер квіт трав черв лип серп вер жовт лист груд`),
		maybe:         set(`р рр ст ін год хв сек т.д т.п т.ін ін тощо н.е до.н.е грн дол тис млн млрд трлн кг км м см обл`),
		starters:      set(`Потім Ціна Він Вона Воно Вони Ми Я Ви Це Цей Ця Ці Той Та Те Ті У В На За З Із Зі До Від Про При Після Перед Під Над Але А І Й Проте Однак Також Тоді Тепер Зараз Сьогодні Вчора Завтра Як Коли Якщо Хоча Тому Через Для Де Хто Що Чому Усі Всі Згодом Пізніше Раніше Наразі Водночас Крім Окрім Нині Його Її Їх Наш Мій Загалом Серед Про Не Ні Так Отже Нагадаємо Внаслідок`),
		words: pairs(`тис. = тисяч
млн = мільйонів
млн. = мільйонів
млрд = мільярдів
млрд. = мільярдів
трлн = трильйонів
грн = гривень
грн. = гривень
дол. = доларів
вул. = вулиця
бул. = бульвар
просп. = проспект
обл. = область
р-н = район
ім. = імені
проф. = професор
акад. = академік
ген. = генерал
полк. = полковник
підполк. = підполковник
лейт. = лейтенант
напр. = наприклад
див. = дивіться
т.зв. = так званий
т.д. = так далі
т.п. = тому подібне
т.ін. = таке інше
н.е. = нашої ери
хв. = хвилин
сек. = секунд
год. = годин
км/год = кілометрів на годину
січ. = січня
лют. = лютого
бер. = березня
квіт. = квітня
трав. = травня
черв. = червня
лип. = липня
серп. = серпня
вер. = вересня
жовт. = жовтня
лист. = листопада
груд. = грудня`),
		letters: letterNames(`а=а б=бе в=ве г=ге ґ=ґе д=де е=е є=є ж=же з=зе и=и і=і ї=ї й=йот к=ка л=ел м=ем н=ен о=о п=пе р=ер с=ес т=те у=у ф=еф х=ха ц=це ч=че ш=ша щ=ща ю=ю я=я`),
		spell:   spellEuropean,
	}
}

func russian() *language {
	return &language{
		tag: "ru", by: "Автор: %s.", and: "и",
		months: twelve(`января февраля марта апреля мая июня июля августа сентября октября ноября декабря`),
		dated: func(t time.Time, l *language) string {
			return t.Format("2") + " " + l.months[t.Month()-1] + t.Format(" 2006") + " года."
		},
		abbreviations: set(`им проф акад доц ген полк подполк кап лейт серж адм г-н г-жа ул бул пр просп пл пер обл р-н д кв стр см напр п пп гр тел т.н т.наз о св`),
		beforeNumber:  set(`№ ст рис табл п ч гл т с стр янв фев февр мар апр июн июл авг сен сент окт ноя нояб дек`),
		maybe:         set(`г гг в вв ч мин сек т.д т.п т.е др пр н.э руб долл тыс млн млрд трлн кг км м см обл`),
		starters:      set(`Потом Затем Он Она Оно Они Мы Я Вы Это Этот Эта Эти Тот Та Те В Во На За С Со К Ко До От Из О Об При После Перед Под Над Но А И Однако Также Тогда Теперь Сейчас Сегодня Вчера Завтра Как Когда Если Хотя Поэтому Из-за Для Где Кто Что Почему Все Позже Ранее Раньше Кроме Его Её Их Наш Мой Среди По Не Нет Так Между Впрочем Напомним`),
		words: pairs(`тыс. = тысяч
млн = миллионов
млн. = миллионов
млрд = миллиардов
млрд. = миллиардов
трлн = триллионов
руб. = рублей
долл. = долларов
ул. = улица
просп. = проспект
обл. = область
р-н = район
им. = имени
проф. = профессор
акад. = академик
ген. = генерал
напр. = например
т.е. = то есть
т.д. = так далее
т.п. = тому подобное
т.н. = так называемый
н.э. = нашей эры
мин. = минут
сек. = секунд
км/ч = километров в час
янв. = января
фев. = февраля
февр. = февраля
апр. = апреля
авг. = августа
сен. = сентября
сент. = сентября
окт. = октября
ноя. = ноября
нояб. = ноября
дек. = декабря`),
		letters: letterNames(`а=а б=бэ в=вэ г=гэ д=дэ е=е ё=ё ж=жэ з=зэ и=и й=й к=ка л=эл м=эм н=эн о=о п=пэ р=эр с=эс т=тэ у=у ф=эф х=ха ц=цэ ч=че ш=ша щ=ща э=э ю=ю я=я`),
		spell:   spellEuropean,
	}
}

func german() *language {
	return &language{
		tag: "de", by: "Von %s.", and: "und", ordinalDot: true,
		months: twelve(`Januar Februar März April Mai Juni Juli August September Oktober November Dezember`),
		dated: func(t time.Time, l *language) string {
			return t.Format("2") + ". " + l.months[t.Month()-1] + t.Format(" 2006") + "."
		},
		abbreviations: set(`dr prof hr fr st dipl ing med jur phil bzw ca vgl evtl ggf inkl exkl insb z.b d.h u.a o.ä i.d.r z.t u.u v.a s.o s.u sog gen oberst lt abs art nr str geb gest gegr tel zzgl abzgl max min mind allg ehem z b c d h u a o ä i r t v s hl msgr gem fa bspw lfd hrsg jh jhd verf urspr eigtl dgl kfm ltn hptm oberstlt ing.-grad`),
		beforeNumber:  set(`nr s bd abs art kap abb tab jan feb mär mrz apr jun jul aug sep sept okt nov dez ziff`),
		maybe:         set(`usw etc uvm u.s.w co ltd inc jr sen d.c u.s ff mio mrd tsd std mill`),
		starters:      set(`Der Die Das Den Dem Des Ein Eine Einen Er Sie Es Wir Ich Ihr Man Und Aber Oder Doch Denn Auch In Im Am An Auf Bei Beim Mit Nach Vor Von Vom Zu Zum Zur Aus Für Über Unter Durch Gegen Ohne Um Seit Während Wenn Als Weil Dass Da Dann So Nun Jetzt Heute Gestern Morgen Dies Diese Dieser Dieses Dort Hier Was Wer Wo Wie Warum Alle Viele Einige Zudem Außerdem Jedoch Trotzdem Allerdings Bereits Nicht Kein Keine Sein Seine Ihre Mein Unser`),
		words: pairs(`dr. = Doktor
prof. = Professor
bzw. = beziehungsweise
ca. = circa
vgl. = vergleiche
evtl. = eventuell
ggf. = gegebenenfalls
inkl. = inklusive
z.b. = zum Beispiel
d.h. = das heißt
u.a. = unter anderem
v.a. = vor allem
z.t. = zum Teil
i.d.r. = in der Regel
usw. = und so weiter
etc. = et cetera
sog. = sogenannte
nr. = Nummer
str. = Straße
st. = Sankt
mio. = Millionen
mrd. = Milliarden
tsd. = Tausend
gen. = General
max. = maximal
min. = minimal
mind. = mindestens
std. = Stunden
jan. = Januar
feb. = Februar
apr. = April
aug. = August
sep. = September
sept. = September
okt. = Oktober
nov. = November
dez. = Dezember
km/h = Kilometer pro Stunde`),
		letters: letterNames(`a=A b=Be c=Ce d=De e=E f=Ef g=Ge h=Ha i=I j=Jot k=Ka l=El m=Em n=En o=O p=Pe q=Ku r=Er s=Es t=Te u=U v=Vau w=We x=Ix y=Ypsilon z=Zett ä=Ä ö=Ö ü=Ü`),
		spell:   spellEuropean,
	}
}

func french() *language {
	return &language{
		tag: "fr", by: "Par %s.", and: "et",
		months: twelve(`janvier février mars avril mai juin juillet août septembre octobre novembre décembre`),
		dated: func(t time.Time, l *language) string {
			day := t.Format("2")
			if day == "1" {
				day = "1er"
			}
			return day + " " + l.months[t.Month()-1] + t.Format(" 2006") + "."
		},
		abbreviations: set(`m mm mme mmes mlle dr pr me mgr gén gal cdt adj lcl cne cap col lt st ste cf p.ex c.-à-d c.à.d env av bd boul pl vol chap fig art éd ex resp tél`),
		beforeNumber:  set(`no n° p pp vol chap fig art janv févr avr juil sept oct nov déc`),
		maybe:         set(`etc j.-c co ltd inc jr u.s d.c s.a`),
		starters:      set(`Le La Les L Un Une Des Il Elle Ils Elles On Nous Vous Je Tu Ce Cet Cette Ces C Et Mais Ou Donc Or Car Dans En À Au Aux De Du D Pour Par Sur Sous Avec Sans Chez Depuis Après Avant Pendant Si Quand Comme Lorsque Puisque Alors Ainsi Cependant Toutefois Aujourd Hier Demain Selon Plusieurs Certains Son Sa Ses Leur Leurs Notre Mon Qui Que Où Comment Pourquoi Tous Toutes Même Pas Ne N`),
		words: pairs(`m. = Monsieur
mm. = Messieurs
mme = Madame
mmes = Mesdames
mlle = Mademoiselle
dr = Docteur
pr = Professeur
me = me
st = Saint
cf. = voir
etc. = et cetera
env. = environ
av. = avenue
bd = boulevard
boul. = boulevard
janv. = janvier
févr. = février
avr. = avril
juil. = juillet
sept. = septembre
oct. = octobre
nov. = novembre
déc. = décembre
p.ex. = par exemple
km/h = kilomètres heure
gén. = général`),
		letters: letterNames(`a=a b=bé c=cé d=dé e=e f=effe g=gé h=hache i=i j=ji k=ka l=elle m=emme n=enne o=o p=pé q=ku r=erre s=esse t=té u=u v=vé w=double-vé x=ixe y=i-grec z=zède é=é`),
		spell:   spellEuropean,
	}
}

func spanish() *language {
	return &language{
		tag: "es", by: "Por %s.", and: "y",
		months: twelve(`enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre`),
		dated: func(t time.Time, l *language) string {
			return t.Format("2") + " de " + l.months[t.Month()-1] + t.Format(" de 2006") + "."
		},
		abbreviations: set(`sr sra sres srta d dña da dr dra prof profa lic ing arq gral gen cnel cap tte sgto mons sto sta ud uds vd vds p.ej ej aprox av avda c pza núm nro art cap vol fig tel dpto depto ee rr hh ff aa pp a d n excmo excma ilmo fray fdo admón prov coord ministr`),
		beforeNumber:  set(`s ss núm nro n.º n.° p pág págs art cap vol fig ene feb mar abr may jun jul ago sep sept oct nov dic`),
		maybe:         set(`etc uu ee.uu ee.uu.aa jr ltd inc cía s.a a.m p.m d.c a.c`),
		starters:      set(`El La Los Las Un Una Unos Unas Él Ella Ellos Ellas Yo Tú Nosotros Lo Le Les Se Su Sus Este Esta Estos Estas Ese Esa Eso Esto Aquel Y Pero O En A Al De Del Con Sin Por Para Según Sobre Entre Desde Hasta Tras Ante Cuando Si Como Mientras Aunque Porque Que Quien Donde Qué Quién Cómo También Además Sin Entonces Ahora Hoy Ayer Mañana Luego Después Antes No Ni Todo Todos Muchos Algunos Así Mi Nuestro`),
		words: pairs(`sr. = señor
sra. = señora
sres. = señores
srta. = señorita
dr. = doctor
dra. = doctora
prof. = profesor
lic. = licenciado
ing. = ingeniero
gral. = general
gen. = general
cnel. = coronel
sto. = santo
sta. = santa
ud. = usted
uds. = ustedes
p.ej. = por ejemplo
aprox. = aproximadamente
avda. = avenida
núm. = número
pág. = página
págs. = páginas
etc. = etcétera
ee.uu. = Estados Unidos
a.c. = antes de Cristo
d.c. = después de Cristo
a.m. = a eme
p.m. = pe eme
ene. = enero
feb. = febrero
abr. = abril
ago. = agosto
sept. = septiembre
oct. = octubre
nov. = noviembre
dic. = diciembre
km/h = kilómetros por hora`),
		letters: letterNames(`a=a b=be c=ce d=de e=e f=efe g=ge h=hache i=i j=jota k=ka l=ele m=eme n=ene ñ=eñe o=o p=pe q=cu r=erre s=ese t=te u=u v=uve w=uve-doble x=equis y=ye z=zeta`),
		spell:   spellEuropean,
	}
}

func italian() *language {
	return &language{
		tag: "it", by: "Di %s.", and: "e",
		months: twelve(`gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre`),
		dated: func(t time.Time, l *language) string {
			return t.Format("2") + " " + l.months[t.Month()-1] + t.Format(" 2006") + "."
		},
		abbreviations: set(`sig sigg sig.ra dott dott.ssa prof prof.ssa ing avv arch geom on sen gen col cap ten mar mons don s ss p.es es ca circa cfr art cap fig vol tel v.le p.zza c.so egr gent spett`),
		beforeNumber:  set(`sec n nn p pp pag pagg art cap fig vol gen feb mar apr mag giu lug ago set sett ott nov dic`),
		maybe:         set(`ecc etc spa s.p.a srl s.r.l jr ltd inc d.c a.c`),
		starters:      set(`Il Lo La I Gli Le L Un Uno Una Lui Lei Loro Egli Ella Esso Io Noi Voi Si Ci Questo Questa Questi Queste Quello Quella E Ed Ma O In Nel Nella A Al Alla Di Del Della Da Dal Dalla Con Su Sul Per Tra Fra Secondo Dopo Prima Durante Quando Se Come Mentre Anche Inoltre Tuttavia Poi Ora Oggi Ieri Domani Non Né Tutti Molti Alcuni Così Perché Che Chi Dove Il Mio Nostro Suo Sua`),
		words: pairs(`sig. = signor
sig.ra = signora
sigg. = signori
dott. = dottor
dott.ssa = dottoressa
prof. = professor
prof.ssa = professoressa
ing. = ingegner
avv. = avvocato
on. = onorevole
sen. = senatore
gen. = generale
col. = colonnello
p.es. = per esempio
ecc. = eccetera
cfr. = confronta
art. = articolo
pag. = pagina
p.zza = piazza
v.le = viale
feb. = febbraio
sett. = settembre
ott. = ottobre
nov. = novembre
dic. = dicembre
km/h = chilometri orari`),
		letters: letterNames(`a=a b=bi c=ci d=di e=e f=effe g=gi h=acca i=i j=i-lunga k=cappa l=elle m=emme n=enne o=o p=pi q=cu r=erre s=esse t=ti u=u v=vu w=vu-doppia x=ics y=ipsilon z=zeta`),
		spell:   spellEuropean,
	}
}

func polish() *language {
	return &language{
		tag: "pl", by: "Autor: %s.", and: "i",
		months: twelve(`stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia`),
		dated: func(t time.Time, l *language) string {
			return t.Format("2") + " " + l.months[t.Month()-1] + t.Format(" 2006") + " roku."
		},
		abbreviations: set(`dr prof mgr inż hab płk ppłk gen kpt por ppor mjr sierż kard ks bp abp św p pp ul al pl os im doc tel tzw tj tzn np m.in ok woj pow gm red lek med zob por wyd a w n h d`),
		beforeNumber:  set(`nr m art ust pkt s str t rozdz rys tab poz par`),
		maybe:         set(`r w itd itp etc godz min sek tys mln mld zł gr proc jr ltd inc n.e p.n.e m.in wł`),
		starters:      set(`Potem Następnie On Ona Ono Oni One Ja My Wy Ty To Ten Ta Te Ci Tamten W We Na Za Z Ze Do Od O Przy Po Przed Pod Nad Ale A I Jednak Także Również Wtedy Teraz Dziś Dzisiaj Wczoraj Jutro Jak Kiedy Gdy Jeśli Jeżeli Choć Dlatego Przez Dla Gdzie Kto Co Dlaczego Wszyscy Później Wcześniej Jego Jej Ich Nasz Mój Nie Tak Więc Według Podczas Obecnie Natomiast`),
		words: pairs(`dr. = doktor
prof. = profesor
mgr = magister
inż. = inżynier
płk = pułkownik
płk. = pułkownik
gen. = generał
kpt. = kapitan
mjr = major
ks. = ksiądz
abp = arcybiskup
bp = biskup
św. = święty
ul. = ulica
al. = aleja
tzw. = tak zwany
tj. = to jest
tzn. = to znaczy
np. = na przykład
m.in. = między innymi
ok. = około
itd. = i tak dalej
itp. = i tym podobne
godz. = godzina
tys. = tysięcy
mln = milionów
mld = miliardów
zł = złotych
proc. = procent
nr = numer
art. = artykuł
km/h = kilometrów na godzinę`),
		letters: letterNames(`a=a b=be c=ce d=de e=e f=ef g=gie h=ha i=i j=jot k=ka l=el ł=eł m=em n=en o=o p=pe q=ku r=er s=es t=te u=u v=fał w=wu x=iks y=igrek z=zet ż=żet ś=eś ć=cie`),
		spell:   spellEuropean,
	}
}

func letterNames(list string) map[rune]string {
	m := map[rune]string{}
	for pair := range strings.FieldsSeq(list) {
		letter, name, _ := strings.Cut(pair, "=")
		m[firstRune(letter)] = name
	}
	return m
}
