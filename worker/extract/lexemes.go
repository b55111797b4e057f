package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexemes are phrases by their first word, or by what it begins with.
type lexemes struct{ whole, stems map[string][][]string }

// lexemesOf takes a list apart. A word with a star at its end is the beginning
// of words.
func lexemesOf(list string) lexemes {
	l := lexemes{whole: map[string][][]string{}, stems: map[string][][]string{}}
	for _, p := range phrases(list) {
		words := strings.Fields(p)
		if stem, open := strings.CutSuffix(words[0], "*"); open {
			l.stems[stem] = append(l.stems[stem], words)
		} else {
			l.whole[words[0]] = append(l.whole[words[0]], words)
		}
	}
	return l
}

// tongues are the languages of the tables, line by line.
var tongues = []string{"en", "uk", "ru", "de", "fr", "es", "it", "pl"}

// byLanguage makes one table of each line, and one of all under the name "".
func byLanguage(list string) map[string]lexemes {
	m := map[string]lexemes{"": lexemesOf(list)}
	for i, line := range strings.Split(list, "\n") {
		m[tongues[i]] = lexemesOf(line)
	}
	return m
}

// tongue returns the table's name for the language of a page: that of another
// language, or of none, is English, as furniture often is, or all of them where
// the title is in Cyrillic letters.
func (p *Page) tongue() string {
	lang, _, _ := strings.Cut(strings.ToLower(p.Language), "-")
	switch {
	case slices.Contains(tongues, lang):
		return lang
	case strings.ContainsFunc(p.Title, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }):
		return ""
	}
	return tongues[0]
}

// begin reports whether a sentence begins with one of the phrases.
func (l lexemes) begin(sentence string) bool {
	words := strings.FieldsFunc(sentence, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '-' })
	for skip := 0; skip < 2 && skip < len(words); skip++ {
		if l.at(words[skip:]) != "" {
			return true
		}
		if !openers[words[skip]] {
			break
		}
	}
	return false
}

// at returns the first word of the phrase that the words begin with, or "".
func (l lexemes) at(words []string) string {
	first := words[0]
	if p := agreeing(words, l.whole[first]); p != "" {
		return p
	}
	for end := len(first); end >= 3; {
		if p := agreeing(words, l.stems[first[:end]]); p != "" {
			return p
		}
		_, size := utf8.DecodeLastRuneInString(first[:end])
		end -= size
	}
	return ""
}

func agreeing(words []string, list [][]string) string {
	for _, p := range list {
		if agree(words, p) {
			return p[0]
		}
	}
	return ""
}

func agree(words, p []string) bool {
	if len(words) < len(p) {
		return false
	}
	for i, w := range p {
		if stem, open := strings.CutSuffix(w, "*"); open && strings.HasPrefix(words[i], stem) || words[i] == w {
			continue
		}
		return false
	}
	return true
}

func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// openers may stand before the verb of a bid.
var openers = wordSet(`dann alors allora entonces wtedy please and or to simply just now then so also but for bitte und oder jetzt et ou por y o per favore e oppure proszę i lub теж також або і й а и или также да`)

// The persons of a pitch: its reader, and the house that prints it.
const (
	reading = iota + 1
	printing
)

var persons = func() map[string]int {
	m := map[string]int{}
	for w := range wordSet(`you your you're you've you'll yours ви вас вам ваш ваша ваше ваші вашу вашим вы ваше ваши dir dich deine deinen
vous votre vos te tu tus usted ustedes tua tuo tue vostra ciebie twój twoja twoją twoje państwa państwo cię`) {
		m[w] = reading
	}
	for w := range wordSet(`us our we we're we've we'll ours ми нас нам наш наша наше наші нашу нашому нашим нашого нашій мы наши нашем нашего нашей wir uns unser unsere unserem unseren unserer
nous notre nos nosotros nuestro nuestra nuestros nuestras noi nostro nostra nostri nostre nasz nasza nasze naszą naszym naszej nasi`) {
		m[w] = printing
	}
	return m
}()

// bids begin a sentence, in one line for each of tongues, that says what the reader shall do, or asks him.
var bids = byLanguage(`sign up|subscribe|join|join us|download|follow|click|tap|register|grab your|grab a|get it|get the|get our|get your|get a|get more|get breaking|get alerts|get all|get notified|get daily|get weekly|fill out|fill in|write to|write us|write in|email|e-mail|send us|send your|send a|send in|tell us|let us know|share your|share this|share with|forward this|vote|cast your|have your say|check out|watch every|watch live|watch the|watch our|watch more|listen to|listen on|listen live|listen now|tune in|hear more|hear the latest|read the|read our|read more|read full|read now|read on|read all|read it|buy a|buy the|buy tickets|buy your|buy now|order|pre-order|try|start your|start a|upgrade|create a|create an|create your|support|donate|give|give to|give a|chip in|contribute|become a|become an|become one|have a story|have a tip|have a news|have a question|have questions|have an opinion|have something|have you|got a|got something|got news|got questions|know something|know of|do you have|do you know|do you think|do you want|do you live|do you work|are you a|are you an|want to|want more|want the|what do you think|what did you think|how do i sign|how did you|how are we|how can we|we want|we'd love|we would like|we'd like|we offer|we rely|we need|we depend|we're asking|we are asking|we welcome|we value|you can find|you can also|you can sign|you can read|you can listen|you can follow|you can help|you can contact|you can email|you can get|you can reach|you can support|you can now|you're reading|you are reading|you've read|you have read|you value|you make|not a subscriber|not a member|not yet|already a|stay in touch|stay up|stay informed|stay connected|stay on top|keep up|keep in touch|never miss|don't miss|be the first|be part|if you|thanks for reading|thank you for reading|thanks for|thank you for|find out|find more|find us|find our|find all|see our|see more|see all|visit our|visit the|visit us|contact|contact us|call us|call our|text us|reach out|reach us|reply to|leave a|leave your|add us|add your|post your|comment|rate this|take our|take the|take part|complete our|enter your|enter our|enter to|enter for|scan the|set up|turn on|enable|manage your|explore|discover|browse|learn more|learn how|book your|book a|book now|apply now|apply for|save up|claim your|unlock|continue reading|enjoying|enjoy this|enjoyed this|like what|like this|love this|liked this|members get|subscribers get|subscribers can|subscriber|was this|were you|did you|help us|help keep|help fund|help support|make a|make sure|make your|consider|reserve your|submit|ask us|ask a|ask your|pitch us|for more|to receive|to get|to read more|to subscribe|to sign|to support|to comment|to contact|to submit|to share|to report|to join|when you|liked|send scoops|loved|send it|send this|pitch|know a|know someone|see an|see a|stay with|stay tuned|to buy|to order|to see more|to learn more|to hear|founders read|send tips|send photos|comments are|log in|sign in|listen back|catch the|catch up|follow culture|our reporting|now is the time|five stories|three stories|double my|all the|every gift|your gift|your support|spotted|noticed|seen something|experienced|been affected|interested in|looking for|need help|missed
підпи*|приєдн*|долуча*|долуч*|завантаж*|стежте|слідкуйте|тисніть|натисніть|перейдіть|реєструй*|зареєструй*|отримуйте|отримай*|діліться|поділі*|пишіть|напиш*|надсилайте|надішліть|розкажіть|повідом*|залиш*|коментуйте|голосуйте|читайте більше|читайте нас|дивіться більше|слухайте|придбайте|купуйте|купити|замов*|підтрима*|задонат*|допоможіть|станьте|стань|стати|якщо ви|якщо вам|якщо у вас|маєте|хочете|знайшли|помітили|побачили|знаєте|виділіть|дізнавайтесь|дізнавайтеся|більше новин|більше історій|цікаве за|більше про|ще більше|будьте|а ви|а що ви|що ви думаєте|як ви|дякуємо|дякуємо за|запрошуємо|матеріал підготовлено|слідкуй|не пропусти*|ставайте
подпи*|присоедин*|скачай*|скачать|следите|нажмите|нажимайте|перейдите|зарегистрируй*|регистрируй*|получайте|получай|делитесь|подели*|пишите|напиши*|присылайте|пришлите|расскажите|сообщите|оставьте|оставляйте|комментируйте|голосуйте|читайте нас|читайте больше|смотрите нас|слушайте|купите|закажите|поддерж*|помогите|станьте|если вы|если вам|если у вас|хотите|нашли|заметили|увидели|знаете|выделите|больше новостей|ещё больше|еще больше|будьте|а вы|а что вы|что вы думаете|как вы|спасибо|спасибо за|приглашаем|самое важное|самое интересное|главное за|не пропусти*|есть что|ставьте|наши новости|понравил*|угостите
abonnieren|melden sie|laden sie|folgen sie|klicken sie|registrieren sie|erhalten sie|bekommen sie|teilen sie|schreiben sie|senden sie|schicken sie|sagen sie|erzählen sie|diskutieren sie|kommentieren sie|stimmen sie|hören sie|sehen sie|lesen sie|kaufen sie|bestellen sie|testen sie|unterstützen sie|spenden sie|helfen sie|werden sie|haben sie|sie haben|sie möchten|sie wollen|sie können|möchten sie|wollen sie|kennen sie|wissen sie|sind sie|was halten|was meinen|wie finden|verpassen sie|bleiben sie|entdecken sie|jetzt|hier|hat ihnen|wenn sie|wir freuen|wir bieten|wir brauchen|noch mehr|mehr geschichten|mehr infos|mehr nachrichten|mehr aus|mehr zum|mehr über|alle nachrichten|alle infos|die wichtigsten|das wichtigste|an dieser|mit meiner|mit ihrer|mit der|danke|vielen dank|nichts mehr|keine news|folge uns|folgt uns|abonniere|abonniert|melde dich|lade|lad|hol dir|holen sie|sichern sie|jeden|immer|sparen sie|erfahren sie|die besten|ihnen gefällt|gefällt ihnen|empfehlen sie|wie ist|besuchen sie|kontaktieren sie|nutzen sie|aktivieren sie
abonnez*|inscrivez*|rejoignez|téléchargez|suivez|cliquez|recevez|partagez|écrivez*|envoyez*|dites*|racontez*|commentez|réagissez|votez|écoutez|regardez|retrouvez|achetez|commandez|offrez|profitez|essayez|soutenez|faites|aidez*|votre journal|votre soutien|la newsletter|le meilleur|devenez|vous souhaitez|vous voulez|vous avez|vous pouvez|vous êtes|vous aimez|vous n'avez|avez*|êtes*|connaissez*|souhaitez*|si vous|ne manquez|ne ratez|restez|découvrez|pour ne|pour recevoir|pour aller|pour suivre|pour lire|pour commenter|chaque|tous les|toute l'actualité|toutes les|merci|nous avons besoin|nous vous|participez|répondez|contactez|signalez|créez|accédez|activez|déjà abonné*|l'essentiel de|une question|un témoignage|une info|une information|une faute|une coquille|une erreur|donnez votre|et vous|qu'en pensez|que pensez
suscríb*|suscrib*|apúnt*|únete|únase|descarga|descárg*|descargue|sigue a|sigue toda|sigue nuestra|sigue las|síguenos|síganos|haz clic|haga clic|pincha|pinche|pulsa|regístr*|recibe|reciba|comparte|comparta|escríb*|envía*|cuéntan*|dinos|déjanos|deja tu|comenta|opina|participa|vota|escucha|mira|lee más|lea más|compra|reserva|prueba|apoya|colabora|dona|ayúdanos|hazte|conviértete|si quieres|si te|si está|si tienes|si desea|si continúas|si has|quieres|quiere|puedes seguir|puede seguir|puedes escribir|puedes consultar|te gusta|te ha|tienes|conoces|sabes|has visto|no te pierdas|no se pierda|mantente|entérate|descubre|para recibir|para no|para estar|para leer|para seguir|toda la|todas las|gracias|cada mañana|cada|qué te|qué opinas|accede|activa|consulta|aquí|ir a|añade|contacta|inicia sesión|todavía no|aún no|date de alta|más historias|hazte
iscriv*|abbonat*|unisciti|unitevi|scarica|scaricate|segui|seguici|seguite*|clicca|cliccate|registrati|registratevi|ricevi|ricevete|condividi*|scrivi|scrivici|scrivete*|invia|inviaci|inviate|manda*|racconta*|dicci|diteci|lascia|commenta|partecipa|vota|ascolta|guarda|leggi tutt*|leggi il|leggi le|acquista|compra|prenota|prova|sostieni|sostenete|dona|aiutaci|diventa|se vuoi|se ti|se hai|se sei|se volete|vuoi|volete|puoi|potete|ti è|ti piace|hai|avete|conosci|sai|non perdere|non perderti|resta|rimani|restate|scopri|per ricevere|per restare|per non|per segnal*|per segnalazioni|per leggere|per informazioni|per contatt*|tutte le|ogni|grazie|cosa ne|e tu|e voi|che ne|accedi|attiva|aggiung*|entra|se questo|le notizie|le migliori
zapisz*|zapis*|subskrybuj*|zaprenumeruj|dołącz*|pobierz*|ściągnij|śledź*|obserwuj*|kliknij*|zarejestruj*|otrzymuj*|bądź|podziel*|udostępnij|napisz*|pisz|piszcie|wyślij*|prześlij*|opowiedz*|daj|dajcie|skomentuj|komentuj|zagłosuj|słuchaj*|oglądaj*|czytaj nas|czytaj więcej|kup|zamów|wypróbuj|wesprzyj*|wspieraj*|postaw*|wpłać|pomóż*|zostań|jeśli|jeżeli|chcesz|masz|macie|znasz|wiesz|widziałeś|możesz|możecie|podoba|spodobał*|podobał*|nie przegap|odkryj|aby|żeby|więcej informacji|więcej wiadomości|najważniejsze informacje|wszystkie|dziękujemy|co sądzisz|co myślisz|a ty|polub*|dodaj*|skontaktuj*|zgłoś|sprawdź*|włącz|jesteś|zauważyłeś|codziennie|więcej|widzisz|twoje wsparcie|przekaż`)

// goods are the things by which a reader is held: a letter, an app, an account,
// a form to fill in, a place to comment.
var goods = byLanguage(`newsletter*|inbox*|app|apps|app store|google play|google news|apple news|subscri*|free trial|free account|an account|your account|opt in|our commitment|our mission|our promise|billionaire owner|no shareholders|no paywall|free to read|keep our|podcast*|alerts|notifications|push|briefing|whatsapp|telegram|facebook|instagram|youtube|twitter|tiktok|threads|bluesky|linkedin|discord|signal|reddit|the comments|comments section|comment below|a comment|comments below|the form|short form|this form|our form|survey|questionnaire|poll|quiz|hear from you|your story|your stories|your questions|your experience|your thoughts|your views|your feedback|feedback|your photos|a tip|tips|tip line|news tip|securedrop|story idea*|story ideas|the editor|the newsroom|our newsroom|newsroom|our journalists|our reporters|our team|our editors|letters|letter to the editor|reader*|readers like you|donat*|gift|contribution|membership*|members|a member|patron|patreon|ko-fi|coffee|tax-deductible|nonprofit|independent journalism|local journalism|our journalism|our work|our coverage|our reporting|quality journalism|journalism|a month|per month|a week|articles a month|first month|white paper|whitepaper|webinar|tickets|ticket|early bird|register|registration|discount|promo code|coupon|giveaway|win a|print edition|a copy|back issue*|e-paper|epaper|magazine|digital edition|our events|live event|our community|the community|community|conversation|our channel|channel|this story|this article|this post|this piece|our series|breaking news|top stories|latest news|latest headlines|headlines|morning email|daily email|weekly email|republish*|bulletin*|guidelines|contributors|discussion|commission|voucher*|scoops|your name|first-time|matched|ad-free|plans|weekly|documentary|full interview|contributions|reprints|prints|shop|it free|for free|our gallery|a friend|friends|updates|corrections|our letter|sunday letter|sales team|our budget|text message|text messages|exclusive stories|exclusive content|events|creative commons|privacy policy|privacy notice|terms of|terms and conditions|cookies|click here|ctrl|our website|our site|our page|our partner*|job board|our shop|our store|bookmark|whatsapp channel|hotline|helpline number
розсилк*|підписк*|підпис*|телеграм*|telegram*|viber*|вайбер*|фейсбук*|ютуб*|youtube|інстаграм*|застосун*|додаток|додатку|пошт*|коментар*|донат*|патрон*|спільнот*|редакці*|канал*|подкаст*|опитуван*|анкет*|форм*|сповіщен*|помилк*|ctrl|whatsapp|передплат*|квитк*|квиток|свою історію|історіями|журналістик*|посилання*|соцмереж*|сайт*|новин
рассылк*|подписк*|подпиш*|телеграм*|telegram*|фейсбук*|ютуб*|youtube|инстаграм*|приложени*|почт*|комментар*|донат*|патрон*|сообществ*|редакци*|канал*|подкаст*|опрос*|анкет*|уведомлен*|опечатк*|ошибк*|ctrl|whatsapp|билет*|историей|своей историей|журналистик*|ссылк*|соцсет*|сайт*|на адрес|текстов|кофе|статья|новости
newsletter*|postfach|app|apps|abo|abos|abonn*|kostenlos*|gratis|konto|registrier*|anmeld*|podcast*|push*|benachrichtigung*|whatsapp*|telegram*|facebook|instagram|youtube|kanal|kommentar*|kommentier*|umfrage*|formular|fehler*|redaktion*|leserbrief*|hinweis*|e-mail*|mail|spende*|mitglied*|unterstütz*|journalismus|werbe*|datenschutz*|externe* inhalt*|artikel|e-paper|probemonat|unsere arbeit|unserer arbeit|rabatt*|gewinnspiel*|tickets|lesen
newsletter*|lettre*|infolettre*|boîte mail|boite mail|boîte|messagerie|application*|appli|abonn*|compte|gratuit*|podcast*|alertes|notifications|whatsapp|telegram|facebook|instagram|youtube|chaîne|commentaire*|sondage|questionnaire|formulaire|cet article|article|erreur|faute*|coquille*|orthographe|rédaction|courrier*|témoignage*|mail|e-mail|don|dons|soutien|soutenir|adhér*|membre*|journalisme|indépendant*|billet*|réseaux sociaux|l'actualité|votre avis|conditions|par mois|sans engagement|la rédaction
newsletter*|boletín*|boletines|bandeja|correo|app|aplicación|suscri*|cuenta|gratis|podcast*|alertas|notificaciones|whatsapp*|telegram|facebook|instagram|youtube|twitter|canal|canales|comentario*|encuesta|cuestionario|formulario|error|errata|redacción|dispositivo|usuario|licenci*|este contenido|contenido|este artículo|donación|donar|socio*|socia|periodismo|entradas|redes sociales|comentar|noticia|historia|conversación|claves|últimas noticias|opinión|hemeroteca|edición impresa
newsletter*|casella|posta|email|e-mail|app|applicazione|abbonament*|account|gratis|gratuit*|podcast*|notifiche|whatsapp|telegram|facebook|instagram|youtube|canale|canali|commenti|commenta*|discussione|sondaggio|questionario|errore|refuso|redazione*|segnalazion*|messaggio|donazione|sostegno|soci|giornalismo|biglietti|social|preferiti|google news|google|la notizia|ultime notizie|edizione|caffè|questo articolo|pubblicità|concessionaria
newsletter*|newslettera|skrzynk*|aplikacj*|prenumerat*|subskrypcj*|konto|bezpłatn*|za darmo|podcast*|powiadomie*|whatsapp*|telegram*|facebook*|instagram*|youtube*|kanał*|komentarz*|ankiet*|formularz*|błąd|literówk*|redakcj*|temat|temacie|mail|e-mail|kaw*|kawę|darowizn*|wsparci*|patron*|patronite|dziennikarstw*|bilet*|mediach społecznościowych|wiadomościach google|artykuł|bieżąco|mediach|podatku|artykule|cyklu|cykl|tekstów`)
