package script

import "time"

// english holds the tables of English. Its numbers are in english_number.go
// and english_rules.go.
func english() *language {
	return &language{
		tag: "en", by: "By %s.", and: "and",
		months: twelve(`January February March April May June July August September October November December`),
		dated:  func(t time.Time, _ *language) string { return t.Format("January 2, 2006.") },
		abbreviations: set(`mr mrs ms mx dr prof gen lt col maj capt sgt cpl pvt adm cmdr brig gov sen rep rev hon pres amb sec supt det insp fr msgr sr. mt ft messrs mme mlle sens reps govs gens profs drs exec gov't sgt.maj lt.col maj.gen lt.gen brig.gen
			vs viz cf incl excl e.g i.e eg ie approx est dept assn bros op ca hq nr acct attn asst assoc univ min.temp a.k.a rt spc pfc ens atty comdr wm chas thos ald em j.g natl intl pkwy hwy ctr ssgt tsgt msgt cmdt vice-adm rear-adm hrs v n° nº n`),
		beforeNumber: set(`no nos vol fig figs p pp ch sec art pt ed jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun para nr ver ext tel c b d rs ca cap sect apt ste`),
		maybe:        set(`u.s u.k u.n e.u d.c u.s.a u.a.e a.m p.m etc al inc corp ltd co jr sr st ave blvd rd ph.d m.d b.a m.a llc plc esq sq calif fla mass pa conn wash ariz colo ill ind md mich minn nev okla tenn tex va wis ga ala ark del ore fed l.a n.y j.d m.b.a no.s ft in lb oz hr min`),
		starters:     set(`The A An He She It They We I You This That These Those There Here But And Or So Yet In On At For From By With As If When While Where Who What Why How His Her Its Their Our My Your After Before During Since Until Although Though Because However Meanwhile Moreover Still Then Now Today Yesterday Officials Police Some Many Most Several Both All No Not Also According Once Later Earlier Nearly About More Only Each Every Other Others Another Under Over Is Are Was Were Do Does Did Has Have Had Will Would Can Could Should May Let Please People Experts Authorities Critics Residents Despite Instead Finally Asked Thousands Hundreds Dozens Millions Scores Lawyers Prosecutors Investigators Witnesses Protesters Voters Workers Students Teachers Rescuers Firefighters Analysts Investors Shares Stocks Markets Prices Sales Negotiators Diplomats Lawmakers Reporters Scientists Researchers Doctors Parents Families Neighbors Neighbours Nobody Everyone Someone Anyone Nothing Everything Something None Perhaps Maybe Indeed Thus Hence Therefore Otherwise Just Even Such Again`),
		words:        englishWords,
		spell:        spellEnglish,
	}
}

// englishWords are abbreviations and what is said for them. A key with a full
// stop needs it; keys are in lower case.
var englishWords = pairs(`mr. = Mister
mrs. = Missus
ms. = Miz
mx. = Mix
dr. = Doctor
prof. = Professor
gen. = General
lt. = Lieutenant
col. = Colonel
maj. = Major
capt. = Captain
sgt. = Sergeant
cpl. = Corporal
pvt. = Private
pfc. = Private First Class
spc. = Specialist
adm. = Admiral
cmdr. = Commander
brig. = Brigadier
gov. = Governor
sen. = Senator
sens. = Senators
rep. = Representative
reps. = Representatives
bn. = Battalion
regt. = Regiment
sqn. = Squadron
bde. = Brigade
atty. = Attorney
ens. = Ensign
comdr. = Commander
wm. = William
chas. = Charles
thos. = Thomas
rev. = Reverend
hon. = Honorable
pres. = President
amb. = Ambassador
supt. = Superintendent
det. = Detective
insp. = Inspector
messrs. = Messieurs
msgr. = Monsignor
jr. = Junior
sr. = Senior
esq. = Esquire
mt. = Mount
ave. = Avenue
blvd. = Boulevard
rd. = Road
hwy. = Highway
inc. = Incorporated
corp. = Corporation
ltd. = Limited
bros. = Brothers
co. = Company
dept. = Department
govt. = government
univ. = University
assn. = Association
assoc. = Associate
asst. = Assistant
intl. = International
natl. = National
vs. = versus
vs = versus
phds = P H Ds
profs. = Professors
govs. = Governors
gens. = Generals
sec. = Secretary
drs. = Doctors
sgt.maj. = Sergeant Major
mos. = months
v. = versus
etc. = et cetera
e.g. = for example
i.e. = that is
a.k.a. = also known as
aka = also known as
approx. = approximately
incl. = including
wwi = World War One
wwii = World War Two
ww1 = World War One
ww2 = World War Two
est. = established
hrs = hours
hrs. = hours
mins = minutes
mins. = minutes
secs = seconds
yrs = years
yrs. = years
cllr = Councillor
cllr. = Councillor
cf. = compare
ca. = circa
et al. = and others
p.s. = P S
q&a = Q and A
r&d = R and D
w/ = with
w/o = without
jan. = January
feb. = February
mar. = March
apr. = April
jun. = June
jul. = July
aug. = August
sep. = September
sept. = September
oct. = October
nov. = November
dec. = December
mon. = Monday
tue. = Tuesday
tues. = Tuesday
wed. = Wednesday
thu. = Thursday
thur. = Thursday
thurs. = Thursday
fri. = Friday
sat. = Saturday
fr. = Father
ore. = Oregon
mass. = Massachusetts
pa. = Pennsylvania
ga. = Georgia
ala. = Alabama
ark. = Arkansas
kan. = Kansas
ky. = Kentucky
mo. = Missouri
mont. = Montana
neb. = Nebraska
miss. = Mississippi
ill. = Illinois
ind. = Indiana
va. = Virginia
wash. = Washington
del. = Delaware
md. = Maryland
la. = Louisiana
calif. = California
fla. = Florida
conn. = Connecticut
ariz. = Arizona
colo. = Colorado
mich. = Michigan
minn. = Minnesota
nev. = Nevada
okla. = Oklahoma
tenn. = Tennessee
tex. = Texas
wis. = Wisconsin
ph.d. = P H D
phd = P H D
ph.d = P H D
m.d. = M D
d.c. = D C
u.s. = U S
u.k. = U K
u.n. = U N
e.u. = E U
u.s.a. = U S A
u.a.e. = U A E
a.m. = A M
p.m. = P M
op-ed = op-ed`)

// titlesOnly are abbreviations that are spelled out before a name only: a
// capital must follow.
var titlesOnly = set(`atty. ens. comdr. wm. chas. thos. mr. mrs. ms. mx. dr. prof. gen. lt. col. maj. capt. sgt. cpl. pvt. pfc. spc. adm. cmdr. brig. fr. gov. govs. gens. profs. drs. sec. sen. sens. rep. reps. rev. hon. pres. amb. supt. det. insp. msgr. mt. v.`)

// spokenAsWords are names of capitals that are read as a word.
var spokenAsWords = set(`MAX CERN TASS NOAA NATO UNESCO UNICEF NASA OPEC AIDS COVID SWIFT HIMARS ATACMS BRICS NORAD AUKUS ASEAN FIFA UEFA INTERPOL EUROPOL FEMA ISIS ISIL DAESH HAMAS UNHAS NAFTA SARS MERS LASER RADAR SONAR SCUBA NASDAQ YOLO RAM ROM PIN SIM GIF LED OSHA PETA AWOL SWAT POTUS FLOTUS SCOTUS DARPA CENTCOM EUCOM NORTHCOM STARLINK TASER KAMAZ AZOV MAGA DOGE NIMBY FAQ WIZZ SAAB IKEA LEGO FIAT UNIFIL UNRWA MINUSMA GUAM GULAG SMERSH ROSNEFT GAZPROM NAFTOGAZ UKROBORONPROM ENERGOATOM UKRENERGO CORE ACAB DACA SALT START MIRV STEM PAC JAG CAPTCHA JPEG BAFTA COP OFAC SUEZ ERASMUS SCHENGEN FRONTEX EULEX IRENA GRECO ECOWAS MERCOSUR UNCTAD IGAD SADC QUAD COMECON WIFI BIT TEFLON NICE SAGE COBRA NAVY UNRRA UNITA FARC POLISARIO EBITDA LIBOR GAAP`)

// spelledAnyway look like words and are spelled.
var spelledAnyway = set(`USDA USAID USGS USCIS EEST CEST AEST AEDT ACST AWST MSK BST NZST NZDT AKST HAST WHO UNHCR OPCW CEO CFO COO CTO EU UN US UK UAE USA AI IT AP IS IMF OSCE IAEA IOC ICJ EPA EIA ECB EBRD OECD UAV UAVS USAF USAAF IRA IRS ISS ICU IAE AFU UPA OUN UOC OCU ATO IED IEDS EV EVS AFP ABC AK AR IQ ID IP ISW IDF IRGC IISS ESA EASA EFTA AU UOKIK ACLU AOL IBM IUD ADHD OAS UGA UCLA UAW IAEA OHCHR ICAO ICRC ICC IPO IPCC EDF EEZ UFC UFO UFOS AUD EUR UAH USD`)

// plainCapitals are words that headlines print in capitals.
var plainCapitals = set(`THE AND FOR NOT YOU ALL NEW WAR TOP LIVE BREAKING NEWS UPDATE UPDATED WATCH VIDEO EXCLUSIVE ANALYSIS OPINION READ MORE JUST IN OF TO ON AT BY IS ARE WAS BE DO GO NO SO UP OR IF MY ME WE HE SHE HIS HER OUR ITS ONE TWO DAY MAN OUT OFF OLD NOW HOW WHY GET GOT HAS HAD CAN MAY LET SAY SAYS SAID SEE SET PUT USE WAY YES BIG BAD END FACT CHECK WITH FROM THIS THAT THEY WHAT WHEN WILL OVER AFTER INTO HAVE BEEN ONLY VERY MUST NEVER EVER STOP HELP PHOTO PHOTOS STORY EDITOR NOTE KYIV UKRAINE RUSSIA LONDON PARIS BERLIN MOSCOW WASHINGTON BRUSSELS WARSAW GENEVA DAVOS ROME MADRID VIENNA KHARKIV ODESA LVIV HELP AN AS AM A I OK OH AH IT'S DON'T CITY WEST EAST NORTH SOUTH JAN FEB MAR APR JUN JUL AUG SEP OCT NOV DEC`)
