package extract

import (
	"strings"
	"unicode/utf8"

	"lector/worker/pattern"
)

var (
	// whoDid is a line of nothing but who did what: "Text: A B. Editor: C D."
	whoDid = pattern.New(`^(?:\p{Lu}[\p{L} /&-]{2,30}: ?(?:\p{Lu}[\p{L}.'’-]* ?){1,4}(?:(?:, |and |& |и |та |й |und |et |y |e |i )(?:\p{Lu}[\p{L}.'’-]* ?){1,4})*[.;|,·]? ?){2,}$`)
	// made tells how a text came about: "This story was edited by …".
	made = pattern.New(`^(?:this|the) (?:\w+ )?(?:article|story|piece|post|essay|column|interview|report|reporting|coverage|series|project|content|video|episode|text) (?:was|has been|is)(?: also)? (?:\w+ ){0,2}(?:edited|reported|photographed|fact-checked|converted|translated|created|written|generated|reviewed|illustrated|supported by|funded|sponsored|made possible|part of|licensed|open to)\b`)
	// appears tells in which number of a magazine a text stands.
	appears = pattern.New(`^(?:this|a version of this) (?:article|story|essay|piece|column)(?: also)? (?:appears|appeared|is published|was published|ran|runs) (?:in|on)\b`)
	// partOf tells of a series: "Part of The Grid, Explained, our series on …".
	partOf = pattern.New(`^(?:this (?:article|story|piece) is )?part (?:\d+ )?of (?:an? |our |the |\p{L}).{0,80}\b(?:series|project|newsletter|special report|collection)\b|^from our .{2,40}(?:series|archive|partners)\b`)
	// hosted is "Dockside is written by A and edited by B".
	hosted = pattern.New(`^[\p{L}\d '’&]{2,40} (?:is|was) (?:written|edited|produced|hosted|compiled|reported|curated) (?:and \w+ )?by \p{Lu}.* (?:edited|produced|written|hosted) by \p{Lu}`)
	// byRole names who did one thing: "Авторка: Марта Дзюба".
	byRole = pattern.New(`^(?i:authors?|text|words|story|editor|photos?|autorin|autor|autora|autore|autrice|texte?|testo|texto|tekst|redaktor|redaktion|автор|авторка|автори|авторы|текст|редактор|редакторка|фото): ?(?:\p{Lu}[\p{L}.'’-]+[ ,]*){2,4}(?:, \p{L}+ \p{L}+)?\.?$`)
	// snapped ends a caption: "(Peter Ash/NPN)".
	snapped = pattern.New(`\((?:\p{Lu}[\p{L}.'’-]+ ){1,3}\p{Lu}[\p{L}'’-]+ ?/ ?\p{Lu}[\p{L} .]{1,30}\)\.?$|\((?:\p{Lu}[\p{L}.'’-]+ ){0,3}\p{Lu}[\p{L}'’-]+ ?/ ?\p{Lu}{2,6}\)\.?$`)
	// moreBy heads what else an author wrote.
	moreBy = pattern.New(`^More (?:by|from|stories by|stories from) [^.!?]{2,40}:?$|^Read more from [^.!?]{2,40}:?$`)
	// reachable is "Jane can be reached at".
	reachable = pattern.New(`^[\p{L}.'-]+(?: [\p{L}.'-]+){0,3} can be (?:reached|contacted|emailed)\b`)
	// sharing is "Compartir en WhatsApp": a verb and a network.
	sharing = pattern.New(`^(?:share|post|send|compartir|comparte|enviar|teilen|auf \p{L}+ teilen|partager|envoyer|condividi|invia|udostępnij|wyślij|поділитися|поділитись|надіслати|поделиться|отправить)(?: (?:this|article|story|via|on|en|por|sur|par|su|tramite|na|przez|у|в|во|через|auf|per|with|to))* (?:x|facebook|twitter|whats ?app|telegram|linkedin|e-?mail|pinterest|reddit|viber|bluesky|threads|messenger|correo|mail)$`)
)

// fine are the beginnings of small print, in the languages of most pages.
var fine = phrases(`this site uses akismet|learn how your comment data|odds correct|over 18s only|highlights are available|you must be logged in|you need to be logged in|photos supplied|pictures supplied|photo supplied|additional reporting:|creative commons|rights & permissions|rights and permissions|editor's picks are|this newspaper is a member|we receive a commission|disclosure: we|18+|please gamble responsibly|gamble responsibly|your information is being handled|your data will be|for more information see our privacy|this site is protected|we may earn|we may receive|if you buy something|when you buy through|when you purchase through|prices correct at|this article contains content provided by|this article contains affiliate|this content is hosted|this page contains content|to view this content|we ask for your permission|quick guide:|this story can be republished|use our content|republish this|our articles may be republished|reuse this content|licensing this content|the views expressed|views expressed|the opinions expressed|opinions expressed|the author's views|bcc:
матеріал опубліковано за|усі матеріали сайту|всі матеріали сайту|матеріал підготовлено|матеріал створено|публікацію підготовлено|проєкт реалізовано|передрук|передруковування|використання матеріалів|при використанні матеріалів|думки авторів|думка редакції|погляди авторів|копіювання матеріалів
материал опубликован при|материал подготовлен|материал создан|перепечатка|использование материалов|при использовании материалов|при цитировании|мнение редакции|мнение автора может
dieser artikel ist teil|dieser text ist teil|dieser beitrag ist teil|mit material de|mit material von|an dieser stelle|empfohlener redaktioneller inhalt|externer inhalt|dieser inhalt wird|mit dem laden|mit meiner anmeldung|mit ihrer anmeldung|dieser text erschien|dieser artikel erschien|dieser artikel enthält|alle rechte|die kommentarfunktion
ce contenu est|ce contenu|pour afficher ce contenu|réutiliser ce contenu|reproduction interdite|tous droits|cet article est paru|contenu externe|les opinions exprimées|cet article contient
este contenido|contenido externo|para ver este contenido|si está interesado en licenciar|reproducción prohibida|prohibida su reproducción|las opiniones expresadas|ir a los comentarios|ir a comentarios|si continúas leyendo|quieres añadir otro usuario
ultimo aggiornamento|tutti i contenuti|questo contenuto è|contenuto esterno|riproduzione riservata|per visualizzare questo|le opinioni espresse|tutti i diritti|articolo pubblicato
ta treść|treść zewnętrzna|materiał powstał|artykuł powstał|wszelkie prawa|kopiowanie treści|przedruk|redakcja nie ponosi|źródło zdjęcia głównego|dalszy ciąg materiału|dalszy ciąg artykułu|dalsza część`)

// denials are how a house says that readers speak for themselves.
var denials = phrases(`not responsible for the opinions|no se hace responsable de las opiniones|leserbriefe geben nicht|nicht die meinung der redaktion|n'engagent que leurs auteurs|non rispecchiano necessariamente|nie odpowiada za treść|може не збігатися з думкою|может не совпадать с мнением`)

// slip finds what a text says of itself, and small print.
func slip(text, plain string, linked float64) string {
	if len(plain) > 320 {
		return ""
	}
	switch {
	case len(plain) < 60 && sharing.MatchString(plain):
		return share
	case len(plain) < 260 && strings.Contains(plain, ": ") && strings.Count(text, ":") > 1 && whoDid.MatchString(text):
		return credit
	case len(text) < 300 && text[len(text)-1] == ')' && snapped.MatchString(text), len(text) < 160 && strings.Contains(text, ":") && byRole.MatchString(text):
		return credit
	case len(plain) < 200 && strings.Contains(plain, "ed by ") && hosted.MatchString(text):
		return author
	case len(plain) < 200 && strings.Contains(plain, "can be ") && reachable.MatchString(plain) && (mailed(plain) || contact(plain)):
		return author
	case len(plain) < 60 && moreBy.MatchString(text):
		return related
	case strings.HasPrefix(plain, "th") && made.MatchString(plain), appears.MatchString(plain), len(plain) < 140 && partOf.MatchString(plain):
		return notes
	}
	if containsAny(plain, denials) {
		return legal
	}
	short := utf8.RuneCountInString(plain) < 160 || linked > 0
	for _, p := range fine {
		if strings.HasPrefix(plain, p) && short && !hear(text, "").quotes {
			return legal
		}
	}
	return ""
}
