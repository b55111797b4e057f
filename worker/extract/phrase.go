package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// phrase kinds name what a line of furniture is.
const (
	related   = "read also"              // leads to another article
	feed      = "list of other articles" // begins a list of them
	signup    = "subscribe"              // asks for an address
	appeal    = "appeal"                 // asks for money or for company
	advert    = "advertisement"
	share     = "share bar"
	comments  = "comments"
	author    = "author box"
	cookie    = "cookie notice"
	control   = "page control"
	label     = "label"
	readTime  = "reading time"
	credit    = "credit"
	tags      = "tags"
	legal     = "legal notice"
	correct   = "reader service"
	timestamp = "date or time alone"
	live      = "live blog furniture"
	imprint   = "imprint"
	notes     = "note about the article"
)

// whole lines: the line is the phrase and nothing else.
var whole = table(map[string]string{
	related: `read also|also read|read more|read next|see also|related|related article|related articles|related stories|related story|related content|related coverage|related news|related posts|related topics|more on this story|more on this topic|more on this|recommended|recommended reading|recommended stories|recommended for you|you may also like|you might also like|you may also be interested in|further reading|up next|don't miss|don’t miss|watch also|keep reading|continue reading|explore more|in case you missed it|read the full story|read full article|read our explainer|see more|show more|load more|learn more|dive deeper|go deeper|what to read next|more like this|more in this section|related links|related reading|suggested reading|explore
читайте також|читати також|також читайте|дивіться також|читайте ще|більше за темою|за темою|схожі новини|схожі матеріали|матеріали за темою|новини за темою|статті за темою|рекомендуємо|рекомендовані матеріали|вас може зацікавити|читайте більше|дізнайтеся більше|детальніше|по темі
читайте также|читать также|также читайте|смотрите также|по теме|материалы по теме|похожие новости|похожие материалы|рекомендуем|вам может быть интересно|читать далее|подробнее|статьи по теме|новости по теме|читайте ещё|читать полностью
lesen sie auch|lesen sie mehr|lesen sie hier|mehr zum thema|mehr dazu|zum thema|siehe auch|auch interessant|das könnte sie auch interessieren|das könnte dich auch interessieren|weitere artikel|weiterlesen|weitere informationen|lesetipp|passend zum thema|mehr aus dem ressort|verwandte artikel|verwandte themen|empfehlungen|empfehlungen der redaktion|artikel zum thema
lire aussi|à lire aussi|a lire aussi|lire également|à lire également|voir aussi|à voir aussi|sur le même sujet|sur le meme sujet|lire la suite|articles liés|articles similaires|nos lecteurs lisent ensuite|à découvrir|pour aller plus loin|en lire plus|à lire
lea también|lee también|lea además|te puede interesar|le puede interesar|también te puede interesar|ver también|vea también|noticias relacionadas|artículos relacionados|más información|relacionado|relacionados|sigue leyendo|leer más|contenido relacionado|te recomendamos|además
leggi anche|leggi di più|leggi tutto|vedi anche|guarda anche|ti potrebbe interessare|ti potrebbe interessare anche|potrebbe interessarti|potrebbe interessarti anche|articoli correlati|approfondimenti|continua a leggere|correlati|consigliati|consigliati per te
czytaj też|czytaj także|czytaj również|czytaj więcej|przeczytaj też|przeczytaj także|przeczytaj również|zobacz też|zobacz także|zobacz również|zobacz więcej|polecane|polecamy|powiązane artykuły|powiązane|warto przeczytać|więcej na ten temat|podobne artykuły|sprawdź też|dowiedz się więcej
people are also reading|others are reading|what others are reading|readers also like|more to explore|more in this story|read this next|related reads|related searches|promoted by zergnet|recommended stories|from the archive|more on the story|what to read|related video|see related|continue reading the main story|what's next|we also recommend|you may be interested in|dig deeper
leia também|leia mais|saiba mais|veja também|veja mais|notícias relacionadas|artigos relacionados|matérias relacionadas|relacionadas|conteúdo relacionado|você pode gostar|ler mais|mais sobre o assunto|continue lendo|recomendado para você
lees ook|lees meer|lees verder|bekijk ook|meer over dit onderwerp|gerelateerde artikelen|gerelateerd|verder lezen|ook interessant|aanbevolen|meer lezen
ayrıca bakın|ayrıca okuyun|bunu da oku|bunlar da ilginizi çekebilir|ilgili haber|ilgili haberler|ilginizi çekebilir|devamını oku|benzer haberler|i̇lgili haber|i̇lgili haberler|i̇lginizi çekebilir
läs också|läs även|läs mer|relaterade artiklar|mer om ämnet|se även|les også|les mer|relaterte artikler|se også|læs også|læs mere|relaterede artikler|lue myös|lue lisää|aiheesta muualla|katso myös
čtěte také|přečtěte si také|přečtěte si|související články|související|mohlo by vás zajímat|číst dále|čítajte aj|prečítajte si aj|súvisiace články|mohlo by vás zaujímať
citește și|citeşte şi|citiți și|citește mai mult|vezi și|articole similare|articole recomandate|te-ar putea interesa|прочетете още|вижте още|още по темата|свързани статии|olvassa el ezt is|ajánlott cikkek|kapcsolódó cikk|kapcsolódó cikkek|ez is érdekelheti|pročitajte i|pročitajte još|vezane vijesti|povezane vesti|прочитајте и|διαβάστε επίσης|διαβάστε ακόμη|σχετικά άρθρα|baca juga|simak juga|lihat juga|artikel terkait|đọc thêm|xem thêm|tin liên quan
関連記事|関連ニュース|関連リンク|あわせて読みたい|合わせて読みたい|こちらもおすすめ|おすすめ記事|おすすめ|続きを読む|もっと見る|この記事の関連ニュース|関連トピックス|相关阅读|相关新闻|相关报道|相关文章|延伸阅读|推荐阅读|猜你喜欢|精彩推荐|精彩视频推荐|阅读更多|更多|相關新聞|延伸閱讀|推薦閱讀|看更多|관련기사|관련 기사|추천 기사|더보기|함께 읽으면 좋은 기사
اقرأ أيضا|اقرأ أيضًا|إقرأ أيضا|إقرأ أيضاً|اقرأ أيضاً|اقرأ المزيد|مواضيع ذات صلة|مقالات ذات صلة|أخبار ذات صلة|ذات صلة|قد يعجبك أيضا|شاهد أيضا|شاهد أيضاً|المزيد|בנושא|קראו גם|קרא גם|קראו עוד|לקריאה נוספת|כתבות נוספות|אולי יעניין אותך|עוד בנושא|بیشتر بخوانید|مطالب مرتبط|اخبار مرتبط`,
	feed: `news feed|newsfeed|latest|latest news|latest stories|latest updates|latest headlines|top stories|top news|top headlines|more news|more stories|more headlines|more articles|other news|other stories|in other news|breaking news|editors' picks|editors’ picks|editor's picks|editor’s picks|editors' choice|editor's choice|most read|most popular|most viewed|most shared|most commented|popular|popular now|popular stories|popular posts|popular articles|trending|trending now|trending stories|today's top stories|recent posts|recent articles|recent stories|recent news|previous article|next article|previous post|next post|must read|must reads|featured|featured stories|from our partners|around the web|from around the web|promoted stories|sponsored content|sponsored stories|paid content|more from our network|elsewhere on the site|on the front page|in this section|headlines|opinion pieces|watch live|top videos|videos|photos|podcasts|in pictures
останні новини|новини дня|головні новини|головне|топ новини|топ-новини|популярне|популярні новини|найпопулярніше|стрічка новин|усі новини|всі новини|більше новин|інші новини|вибір редакції|новини партнерів|читають зараз|обговорюють|свіжі новини|останні публікації
последние новости|новости дня|главные новости|главное|главное за день|популярное|самое читаемое|лента новостей|все новости|другие новости|выбор редакции|новости партнеров|новости партнёров|свежие новости|сейчас читают|топ новостей|новости сми2
meistgelesen|meistgelesene artikel|meist gelesen|aktuelle nachrichten|neueste artikel|neueste nachrichten|top-themen|topthemen|mehr nachrichten|schlagzeilen|news-ticker|newsticker|die neuesten videos|beliebte artikel|aktuelles|eilmeldungen|leserempfehlungen
les plus lus|articles les plus lus|le plus lu|dernières actualités|dernières infos|dernières nouvelles|en continu|à la une|fil info|fil d'actualité|les plus partagés|toute l'actualité|l'actualité en continu|dans la même rubrique|contenus sponsorisés|articles populaires
lo más leído|lo más visto|más leídas|las más leídas|últimas noticias|última hora|lo último|más noticias|noticias destacadas|destacados|tendencias|lo más popular|otras noticias
i più letti|più letti|le più lette|ultime notizie|ultim'ora|altre notizie|in evidenza|di tendenza|notizie correlate|tutte le notizie|ultimi articoli|dalla home
najczęściej czytane|najpopularniejsze|popularne|najnowsze|najnowsze wiadomości|najnowsze artykuły|ostatnie wiadomości|inne wiadomości|wiadomości dnia|na topie|pozostałe wiadomości
últimas notícias|mais lidas|as mais lidas|mais lidos|mais notícias|em alta|meest gelezen|laatste nieuws|het laatste nieuws|populair|çok okunanlar|en çok okunanlar|son dakika|son haberler|öne çıkanlar|günün manşetleri|mest läst|senaste nytt|mest lest|siste nytt|mest læste|seneste nyt|luetuimmat|uusimmat|nejčtenější|nejnovější|najčítanejšie|cele mai citite|ultimele știri|най-четени|последни новини|legolvasottabb|legfrissebb|najčitanije|најчитаније
アクセスランキング|ランキング|人気記事|新着記事|新着|最新ニュース|主要ニュース|热门文章|热门新闻|最新新闻|排行榜|热点新闻|今日热点|熱門新聞|最新消息|많이 본 뉴스|인기 기사|최신 뉴스|الأكثر قراءة|الأكثر مشاهدة|آخر الأخبار|أحدث الأخبار|הנקראות ביותר|כתבות אחרונות|חדשות אחרונות`,
	signup: `subscribe|subscribe now|subscribe today|sign up|sign up now|sign me up|get the newsletter|newsletter|newsletters|our newsletters|your email|email address|your email address|enter your email|enter your email address|enter your email to subscribe|please, enter correct email address|please enter a valid email address|* indicates required|indicates required|required field|required fields|successfully subscribed|successfuly subscribed|thank you for subscribing|thanks for subscribing|thank you for signing up|already subscribed?|already a subscriber?|already a member?|join now|join|already have an account?|subscribe to newsletter|unsubscribe|i agree|create account|create an account|register now|start free trial|start your free trial|see subscription options|view subscription options|this article is for subscribers only|subscribe to read|email|submit
підписатися|підписатись|підписка|розсилка|ваш email|введіть email|введіть свій email|електронна пошта|підпишіться|оформити підписку|передплатити|дякуємо за підписку
подписаться|подписка|рассылка|ваш email|введите email|электронная почта|подпишитесь|оформить подписку|спасибо за подписку
abonnieren|jetzt abonnieren|newsletter abonnieren|newsletter bestellen|zum newsletter|anmelden|jetzt anmelden|registrieren|e-mail-adresse|ihre e-mail-adresse|jetzt testen|plus-abo testen
s'abonner|s’abonner|abonnez-vous|je m'abonne|inscrivez-vous|s'inscrire|votre adresse e-mail|votre email|article réservé aux abonnés|réservé aux abonnés|contenu réservé aux abonnés|déjà abonné ?|déjà abonné ? connectez-vous
suscríbete|suscribirse|suscríbase|regístrate|correo electrónico|tu correo electrónico|boletines|inicia sesión|contenido exclusivo para suscriptores
iscriviti|abbonati|abbonati ora|iscriviti alla newsletter|la tua email|registrati|contenuto riservato agli abbonati
subskrybuj|zapisz się|zapisz się do newslettera|zapisz|twój adres e-mail|adres e-mail|zaprenumeruj|kup prenumeratę|zarejestruj się
get the day's stories|stay in the loop|ready for more?|assine|assine agora|assinar|inscreva-se|cadastre-se|receba nossa newsletter|conteúdo exclusivo para assinantes|já é assinante?|seu e-mail|abonneer|abonneer nu|word abonnee|inschrijven|meld je aan|schrijf je in|abone ol|bültenimize abone olun|e-posta adresiniz|üye ol|prenumerera|bli prenumerant|abonner|bliv abonnent|bli abonnent|tilaa|tilaa uutiskirje|odebírat|přihlásit se k odběru|abonează-te|feliratkozás|pretplatite se|購読する|登録する|有料会員登録|無料会員登録|ログインして続きを読む|订阅|立即订阅|訂閱|구독|구독하기|اشترك|اشترك الآن|اشترك في النشرة البريدية|הרשמה|הירשמו|להרשמה לניוזלטר`,
	appeal: `note from the author|a note from the author|donate|donate now|support us|support our work|support independent journalism|become a member|become a patron|become a supporter|join our community|join the community|join us|make a donation|contribute|contribute now|give now|buy me a coffee|follow us|follow us on social media|download our app|get the app|share your story|got a tip?|contact us|have a news tip?|get in touch
підтримати|підтримати нас|підтримайте нас|задонатити|приєднуйтесь|стати учасником|долучитися|стежте за нами|ми в соцмережах
поддержать|поддержать нас|поддержите нас|присоединяйтесь|мы в соцсетях
spenden|jetzt spenden|unterstützen sie uns|folgen sie uns|jetzt unterstützen
faire un don|je fais un don|soutenez-nous|suivez-nous|nous soutenir
donar|apóyanos|síguenos|síganos|haz una donación
dona ora|sostienici|seguici|seguici su
wesprzyj nas|wspieraj nas|wpłać|śledź nas|obserwuj nas
stay in touch|let's stay in touch|i hope you appreciated this article|we want to hear from you|apoie|apoie-nos|siga-nos|faça uma doação|steun ons|volg ons|doneer|bizi takip edin|destek ol|följ oss|stöd oss|følg oss|støt os|seuraa meitä|podpořte nás|sledujte nás|susține-ne|urmărește-ne|támogass minket|támogasd te is|kövess minket|pratite nas|подкрепете ни|последвайте ни|フォローする|フォロー|寄付する|关注我们|捐款|關注我們|후원하기|تابعنا|تابعونا|ادعمنا|תמכו בנו|עקבו אחרינו`,
	advert: `after newsletter promotion|skip past newsletter promotion|advertisement|advertisment|advertising|ad|ads|sponsored|promoted|promotion|paid partnership|story continues below|story continues below this ad|article continues below this ad|story continues below advertisement|article continues below|article continues below advertisement|article continues after advertisement|continue reading below|skip advertisement|skip ad|scroll to continue|scroll to continue with content|scroll to continue reading|advertisement - scroll to continue|report this ad|close ad|partner content
реклама|на правах реклами|реклама партнерів|партнерський матеріал
на правах рекламы|реклама партнеров
anzeige|werbung|gesponsert|anzeigen|artikel geht unten weiter|weiter nach der anzeige
publicité|la suite après la publicité|la suite après cette publicité|contenu sponsorisé|annonce
publicidad|anuncio|contenido patrocinado|continúa debajo|la noticia continúa debajo de esta publicidad
pubblicità|annuncio|contenuto sponsorizzato|continua dopo la pubblicità
materiał sponsorowany|dalsza część artykułu pod materiałem wideo|dalszy ciąg materiału pod wideo|artykuł sponsorowany|dalsza część artykułu pod reklamą
publicidade|continua após a publicidade|continua depois da publicidade|conteúdo patrocinado|anúncio|advertentie|reclame|gesponsord|artikel gaat verder onder de advertentie|tekst gaat verder onder de foto|lees verder onder de advertentie|lees verder na de advertentie|reklam|sponsorlu|annons|artikeln fortsätter under annonsen|annonse|annonce|artiklen fortsætter under annoncen|mainos|juttu jatkuu mainoksen jälkeen|inzerce|inzerát|reklama|publicitate|hirdetés|oglas|διαφήμιση|広告|スポンサーリンク|pr|广告|推广|廣告|광고|إعلان|إعلانات|מודעה|פרסומת|תוכן ממומן|تبلیغات`,
	share: `share|share this|share this article|share this story|share this post|share on facebook|share on twitter|share on x|share on linkedin|share on whatsapp|share on telegram|share via email|share with a friend|share article|share full article|gift article|gift this article|copy link|copy url|copy link to clipboard|link copied|link copied!|copied|copied!|tweet|pin it|email this|email this article|email link|print|print this article|print article|facebook|twitter|x|instagram|linkedin|whatsapp|telegram|viber|reddit|pinterest|youtube|tiktok|threads|bluesky|mastodon|flipboard|messenger|pocket|signal|rss|google news|save|saved|save article|save for later|bookmark|bookmark this|share save|sharesave|share options|follow|following|like|likes|embed|click to share on facebook|click to share on twitter|click to print|more sharing options|send|repost|post|add to favorites|add as preferred on google|add to google
поділитися|поділитись|поширити|скопіювати посилання|друк|роздрукувати|надіслати|зберегти|фейсбук|телеграм|твіттер|у закладки|копіювати посилання
поделиться|скопировать ссылку|печать|распечатать|сохранить|отправить|вконтакте|одноклассники|в закладки|твитнуть
teilen|artikel teilen|drucken|merken|link kopieren|per e-mail versenden|auf facebook teilen|auf twitter teilen|artikel verschenken|speichern|e-mail|vorlesen
partager|partager l'article|partager sur facebook|partager sur twitter|imprimer|copier le lien|enregistrer|envoyer par e-mail|envoyer|offrir l'article|offrir cet article
compartir|compartir en facebook|compartir en twitter|copiar enlace|imprimir|guardar|enviar por correo|enviar|comparte
condividi|condividi su facebook|condividi su twitter|copia link|stampa|salva|invia|condividi questo articolo
udostępnij|udostępnij na facebooku|podziel się|kopiuj link|skopiuj link|drukuj|wyślij|lubię to
pin|share this:|share back|share:|compartilhar|compartilhe|copiar link|delen|deel|deel dit artikel|deel dit bericht|kopieer link|paylaş|bağlantıyı kopyala|dela|dela artikeln|kopiera länk|del|del artikkelen|kopier lenke|jaa|kopioi linkki|sdílet|zdieľať|distribuie|megosztás|podijeli|podeli|сподели|シェア|シェアする|ポスト|リンクをコピー|印刷|保存|分享|分享到|收藏|打印|复制链接|转发|列印|공유|공유하기|인쇄|شارك|مشاركة|مشاركة عبر|انسخ الرابط|طباعة|שתפו|שיתוף|הדפסה|העתק קישור`,
	comments: `comments|comment|no comments|no comments yet|leave a comment|leave a reply|post a comment|add a comment|add comment|view comments|show comments|read comments|see comments|join the conversation|join the discussion|comments are closed|comments (0)|reply|replies|write a comment|be the first to comment|sort by|newest|oldest|best|conversation|discussion|cancel reply|view all comments|load comments|start the conversation|log in to comment|sign in to comment
коментарі|коментувати|залишити коментар|додати коментар|обговорення|відповісти|показати коментарі
комментарии|комментировать|оставить комментарий|добавить комментарий|обсуждение|ответить|показать комментарии
kommentare|kommentar schreiben|kommentieren|kommentar verfassen|diskutieren sie mit|antworten|kommentare lesen|alle kommentare anzeigen
commentaires|commenter|laisser un commentaire|réagir|répondre|voir les commentaires|contribuer|lire les commentaires
comentarios|comentar|deja un comentario|dejar un comentario|deja una respuesta|responder|ver comentarios
commenti|commenta|lascia un commento|rispondi|scrivi un commento|mostra commenti
komentarze|skomentuj|dodaj komentarz|odpowiedz|zostaw komentarz|zobacz komentarze|napisz komentarz
what do you think?|have your say|reader interactions|comentários|comente|deixe um comentário|ver comentários|reacties|reageer|plaats een reactie|yorumlar|yorum yap|yorum yaz|kommentera|kommentarer|kommenter|kommentit|komentáře|diskuse|diskusia|comentarii|hozzászólások|komentari|коментари|コメント|コメントする|コメントを書く|评论|发表评论|网友评论|留言|댓글|댓글쓰기|تعليقات|التعليقات|أضف تعليقا|اترك تعليقا|תגובות|הוספת תגובה|כתוב תגובה`,
	author: `about the author|about the authors|about author|author|authors|more by this author|more from this author|meet the author|the author|written by|view all posts|contributors|author bio
про автора|автор|автори|інші матеріали автора
об авторе|автор|авторы|другие материалы автора
über den autor|über die autorin|zum autor|zur autorin|zur person|der autor|die autorin|autoren
à propos de l'auteur|à propos de l’auteur|l'auteur|l'autrice|les auteurs
sobre el autor|sobre la autora|acerca del autor|el autor
l'autore|informazioni sull'autore|sull'autore|chi è l'autore
o autorze|o autorce|autor|autorka|autorzy
sobre o autor|sobre a autora|over de auteur|yazar hakkında|om författaren|om forfatteren|tietoja kirjoittajasta|o autorovi|despre autor|a szerzőről|o autoru|за автора|執筆者|著者|この記事を書いた人|作者|关于作者|عن الكاتب|על הכותב|על הכותבת`,
	cookie: `accept|accept all|accept cookies|accept all cookies|reject all|reject|decline|manage cookies|manage preferences|cookie settings|cookie policy|cookie preferences|privacy settings|manage settings|got it|i accept|agree|agree and continue|accept and continue|necessary cookies only|only necessary|customise|customize
прийняти|прийняти всі|погоджуюсь|зрозуміло|відхилити|налаштування cookies
принять|принять все|согласен|понятно|отклонить
akzeptieren|alle akzeptieren|ablehnen|alle ablehnen|einstellungen|datenschutzeinstellungen|zustimmen|zustimmen und weiter|mit werbung weiterlesen
accepter|tout accepter|refuser|tout refuser|accepter et continuer|continuer sans accepter|paramétrer|gérer les cookies
aceptar|aceptar todo|aceptar todas|rechazar|rechazar todo|configurar|aceptar y continuar|configurar cookies
accetta|accetta tutto|accetta tutti|rifiuta|rifiuta tutto|preferenze|accetta e continua
akceptuję|zaakceptuj|zaakceptuj wszystkie|odrzuć|odrzuć wszystkie|przejdź do serwisu|ustawienia zaawansowane|zgadzam się
aceitar|aceitar todos|rejeitar|accepteren|alles accepteren|weigeren|kabul et|tümünü kabul et|reddet|godkänn|acceptera alla|godta alle|tillad alle|hyväksy kaikki|přijmout vše|souhlasím|acceptă|elfogadom|prihvaćam|同意する|すべて受け入れる|同意|接受|동의|أوافق|قبول|אישור|מסכים`,
	control: `avatar|accessibility help|your account|more menu|reuse this content|reporting from|view image|zoom image|skip to content|skip to main content|skip to main|skip to navigation|skip navigation|skip to footer|skip to search|skip links|skip to article|jump to content|jump to navigation|menu|main menu|open menu|close menu|toggle navigation|toggle menu|navigation|search|search...|search for:|search for|open search|close search|close|open|back|back to top|scroll to top|home|home page|homepage|edit|edit post|edit page|edit this post|edit this page|view|next|previous|prev|log in|login|sign in|sign out|log out|my account|account|profile|settings|register|subscribe / log in|language|english|english version|українська|русский|deutsch|français|español|italiano|polski|en|uk|ukr|ru|rus|de|fr|es|it|pl|eng|loading|loading...|loading…|listen|listen to this article|listen to article|listen now|play|pause|play video|play audio|watch|watch now|view gallery|view image in fullscreen|open image in gallery|open image modal|enlarge image|expand|collapse|toggle caption|hide caption|show caption|image|photo|video|audio|gallery|fullscreen|full screen|mute|unmute|download|download audio|download pdf|0:00|1x|transcript|font size|text size|a-|a+|dark mode|light mode|translate|switch language|go to homepage|site navigation|all sections|sections|more|news|world|politics|business|sport|sports|opinion|culture|technology|tech|science|health|lifestyle|entertainment|travel|weather|live|podcast|newsroom|about|about us|contact|contacts|careers|advertise|advertise with us|terms|terms of use|terms of service|terms and conditions|privacy|privacy policy|sitemap|site map|help|faq|faqs|imprint|editorial policy|editorial standards|ethics policy|all rights reserved|javascript is disabled|please enable javascript|turn on notifications|enable notifications|allow notifications|not now|no thanks|yes|no|ok|cancel|continue|done|read aloud|text-to-speech|was this article helpful?|thank you!|thanks!|rate this article|average rating|error|try again|refresh|page not found|view profile|see all|view all|show all|view more|all news|start watching|this video can not be played|media error|no compatible source was found for this media|getty images|reuters|afp
перейти до вмісту|перейти до основного вмісту|меню|пошук|увійти|вхід|головна|закрити|назад|вгору|догори|реєстрація|мова|слухати|дивитися|новини|політика|економіка|світ|спорт|культура|суспільство|війна|відео|фото|контакти|про нас|редакція|редакційна політика|завантажити|завантаження|показати ще|показати більше|вийти|нагору|збільшити шрифт|розмір тексту|наука|технології|здоров'я|здоров’я|погода|прослухати|слухати новину
перейти к содержимому|перейти к содержанию|перейти к основному содержанию|поиск|войти|главная|закрыть|наверх|вверх|регистрация|язык|слушать|смотреть|новости|политика|экономика|мир|общество|война|видео|контакты|о нас|редакция|скачать|загрузка|показать еще|показать ещё|выйти|наука|технологии|здоровье|погода
zum inhalt springen|zum hauptinhalt springen|direkt zum inhalt|menü|suche|suchen|einloggen|startseite|schließen|zurück|nach oben|sprache|anhören|artikel anhören|nachrichten|politik|wirtschaft|kultur|wissenschaft|panorama|gesellschaft|wetter|impressum|datenschutz|kontakt|über uns|agb|herunterladen|wird geladen|mehr anzeigen|alle anzeigen|bild vergrößern|ausklappen|einklappen|abmelden|mein konto|barrierefreiheit
aller au contenu|aller au contenu principal|passer au contenu|rechercher|recherche|se connecter|connexion|accueil|fermer|retour|haut de page|langue|écouter|écouter l'article|actualités|politique|monde|économie|société|météo|mentions légales|contact|à propos|télécharger|chargement|voir plus|tout voir|afficher plus|se déconnecter|mon compte|ajouter à vos sélections|temps de lecture|lire plus tard
ir al contenido|saltar al contenido|ir al contenido principal|menú|buscar|iniciar sesión|inicio|cerrar|volver|volver arriba|idioma|escuchar|noticias|política|mundo|economía|sociedad|deportes|tiempo|aviso legal|contacto|quiénes somos|descargar|cargando|ver más|ver todo|mostrar más|cerrar sesión|mi cuenta|internacional|cultura|tecnología|ciencia|salud|opinión
vai al contenuto|salta al contenuto|vai al contenuto principale|cerca|accedi|chiudi|indietro|torna su|torna in alto|lingua|ascolta|ascolta l'articolo|notizie|esteri|cronaca|economia|sport|cultura|meteo|note legali|contatti|chi siamo|scarica|caricamento|mostra altro|vedi tutto|esci|il mio account|politica|scienza|tecnologia|salute
przejdź do treści|przejdź do głównej treści|szukaj|wyszukaj|zaloguj|zaloguj się|strona główna|zamknij|wstecz|wróć|do góry|język|słuchaj|posłuchaj|posłuchaj artykułu|wiadomości|polityka|świat|gospodarka|społeczeństwo|sport|kultura|pogoda|regulamin|polityka prywatności|kontakt|o nas|pobierz|ładowanie|pokaż więcej|zobacz wszystkie|wyloguj|moje konto|nauka|technologia|zdrowie|biznes|kraj
top of page|bottom of page|powered by|jump to recipe|print recipe|view on map|get directions|now playing|replay|skip ad|show more comments|exclusive|breaking|jump to recipe print recipe|found this helpful|pular para o conteúdo|ir para o conteúdo|página inicial|início|entrar|ouvir|ouça|ga naar inhoud|naar hoofdinhoud|zoeken|inloggen|luister|beluister artikel|içeriğe geç|ara|giriş yap|ana sayfa|dinle|hoppa till innehåll|sök|logga in|lyssna|hopp til innhold|søk|logg inn|lytt|siirry sisältöön|haku|kirjaudu|přeskočit na obsah|hledat|přihlásit|keresés|bejelentkezés|コンテンツへスキップ|検索|ログイン|トップ|ホーム|メニュー|ページトップへ|次へ|前へ|搜索|登录|首页|上一篇|下一篇|上一页|下一页|自动播放|播放|搜尋|登入|首頁|검색|로그인|홈|الرئيسية|بحث|تسجيل الدخول|استمع|חיפוש|כניסה|ראשי|האזינו|דף הבית`,
	label:   `this audio is created with ai assistance|this audio is ai-generated|ai-generated audio|ai-narrated|audio by ai|this audio was generated by ai|automated voice|this article is read by an automated voice|this text was generated with ai assistance|listen to this story|listen to the article|аудіо створено за допомогою ші|озвучено штучним інтелектом|озвучено ии|diese audioversion wurde künstlich erzeugt|dieser artikel wird vorgelesen`,
	correct: `report a typo|report an error|report a problem|found an error?|found a mistake?|found a typo?|spotted an error?|see an error?|suggest a correction|request a correction|submit a correction|send feedback|feedback|give feedback|повідомити про помилку|знайшли помилку?|сообщить об ошибке|нашли ошибку?|fehler melden|fehler gefunden?|signaler une erreur|informar de un error|reportar error|segnala un errore|zgłoś błąd`,
	tags: `tags|tags:|tagged|tagged in|topics|topics:|topics in this story|topics in this article|keywords|keywords:|filed under|filed under:|in this story|more about|теги|теги:|теми|тэги|тэги:|темы|schlagwörter|schlagworte|themen|thèmes|sujets|mots-clés|etiquetas|temas|archivado en|tag|argomenti|tagi|tematy|tematy:
marcadores|assuntos|tópicos|onderwerpen|etiketler|etiketler:|ämnen|emner|aiheet|štítky|témata|etichete|címkék|ključne riječi|oznake|タグ|キーワード|トピックス|标签|关键词|關鍵字|標籤|태그|الوسوم|كلمات مفتاحية|תגיות`,
	live: `live|live updates|live blog|live reporting|key events|key moments|pinned|pinned post|show key events only|please turn on javascript to use this feature|updated|update|new|recap|load more updates|refresh live feed|latest update|newest first|oldest first|оновлено|обновлено|aktualisiert|mis à jour|actualizado|aggiornato|aktualizacja
ao vivo|atualizado|bijgewerkt|güncellendi|canlı|uppdaterad|oppdatert|opdateret|päivitetty|aktualizováno|actualizat|frissítve|更新|更新日|تحديث|مباشر|עודכן`,
})

// leads begin a line of furniture: behind them stands a colon, a dash, a bar
// or an arrow, and then what it leads to.
var leads = table(map[string]string{
	related: `read also|also read|read more|read next|see also|related|related article|related story|read|more on this|more|recommended|watch|watch also|listen|don't miss|don’t miss|must read|go deeper|background|explainer|up next|from the archive|opinion|you may also like|further reading|analysis|in pictures|read the full story|continue reading|also|explained|more from
читайте також|читати також|також читайте|дивіться також|читайте ще|по темі|за темою|читайте|до теми|більше за темою|дивіться|раніше|детальніше
читайте также|читать также|также читайте|смотрите также|по теме|читайте|смотрите|подробнее|ранее|материалы по теме
lesen sie auch|lesen sie mehr|lesen sie hier|mehr zum thema|mehr dazu|zum thema|siehe auch|auch interessant|lesetipp|mehr|passend dazu
lire aussi|à lire aussi|a lire aussi|lire également|à lire également|voir aussi|à voir aussi|sur le même sujet|lire|relire|à lire|à voir|notre dossier|pour aller plus loin
lea también|lee también|lea además|te puede interesar|le puede interesar|también te puede interesar|ver también|vea también|lea|lee|relacionado|más información
leggi anche|leggi di più|vedi anche|guarda anche|ti potrebbe interessare|potrebbe interessarti|leggi|per approfondire|approfondimento
czytaj też|czytaj także|czytaj również|czytaj więcej|przeczytaj też|przeczytaj także|przeczytaj również|zobacz też|zobacz także|zobacz również|zobacz|czytaj|sprawdź też|polecamy|więcej
leia também|leia mais|saiba mais|veja também|veja mais|lees ook|lees meer|bekijk ook|ayrıca bakın|ayrıca okuyun|ilgili haber|i̇lgili haber|bunu da oku|läs också|läs även|läs mer|les også|les mer|læs også|læs mere|se også|lue myös|lue lisää|čtěte také|přečtěte si také|čítajte aj|prečítajte si aj|citește și|citeşte şi|citiți și|vezi și|прочетете още|вижте още|olvassa el ezt is|kapcsolódó|kapcsolódó cikk|pročitajte i|pročitajte još|διαβάστε επίσης|baca juga|baca|simak juga|simak video|lihat juga|đọc thêm|xem thêm|soma pia|basahin din
関連記事|関連|あわせて読みたい|続きを読む|参考|参照|相关阅读|相关新闻|延伸阅读|推荐阅读|相關新聞|延伸閱讀|推薦閱讀|관련기사|관련 기사|더보기|اقرأ أيضا|اقرأ أيضًا|إقرأ أيضا|إقرأ أيضاً|اقرأ أيضاً|شاهد أيضا|شاهد أيضاً|اقرأ المزيد|بیشتر بخوانید|קראו גם|קרא גם|לקריאה נוספת|עוד בנושא|more in|more on|learn more|keep reading|dig deeper|see more|reproduciendo|mira esto|now playing|a lire|notre live|revivez
next page|previous page`,
	credit: `photo|photos|photo by|photograph|photograph by|photographs|image|image source|image credit|image caption|image copyright|picture|pictured|credit|credits|photo credit|photo illustration|illustration|illustration by|video by|video credit|file photo|source photo|cover photo|featured image|getty images|screenshot|graphic|caption
фото|світлина|ілюстрація|скриншот|джерело фото|фото ілюстративне|ілюстративне фото|обкладинка
фото|иллюстрация|источник фото|скриншот
foto|bild|bildquelle|bildunterschrift|fotos|quelle bild|symbolbild|archivbild
crédit|crédit photo|crédits|photo d'illustration|légende|photographie|illustration
foto|imagen|fotografía|crédito|créditos|foto de archivo|pie de foto|fuente de la imagen
foto|immagine|crediti|credito|foto di|fotografia|didascalia
fot|fot.|foto|zdjęcie|źródło zdjęcia|autor zdjęcia|zdjęcie ilustracyjne
all photos|photos by|на фото|на світлині|на знімку|im bild|auf dem foto|en la imagen|en la foto|nella foto|na zdjęciu|sur la photo|foto's|beeld|fotograf|fotoğraf|fotograaf|imagem|fotografia de|crédito da foto|foto por|foto door|kuva|kuvat|bild av|borítókép|fotó|kép|写真|撮影|画像|写真提供|图注|图片来源|图片|图源|資料圖|资料图|圖片來源|圖|사진|صورة|الصورة|תמונה|צילום|photo essay by`,
	tags: `tags|topics|keywords|filed under|posted in|categories|category|tagged|теги|тэги|теми|темы|категорії|рубрика|schlagwörter|schlagworte|themen|thèmes|mots-clés|etiquetas|temas|tag|argomenti|tagi|tematy|kategorie
marcadores|assuntos|onderwerpen|etiketler|etiket|ämnen|štítky|témata|etichete|タグ|标签|关键词|标签|태그|الوسوم|תגיות`,
	label: `listen to this article|listen|audio|слухати|слушать|anhören|écouter|escuchar|ascolta|posłuchaj
ouça|ouça este artigo|luister|dinle|lyssna|lytt|استمع`,
	author: `about the author|author bio|про автора|об авторе|über den autor|über die autorin|à propos de l'auteur|sobre el autor|sull'autore|o autorze
sobre o autor|over de auteur|yazar hakkında|o autorovi|執筆者|عن الكاتب`,
	imprint: `責任編輯|责任编辑|编辑|記者|记者|作者|来源|來源|稿源|原标题|出品|文|文字|校对|page editor|source|media contact|media contacts|press contact|press contacts|media inquiries|contact`,
	correct: `editing by|reporting by|additional reporting by|writing by|compiled by|translated by`,
})

// asks begin a sentence that wants something from the reader; it must also
// hold one of the words of the second table.
var asks = phrases(`have a question|got a question|have questions|do you have a|what questions do you|subscribe to|subscribe for|subscribe now|sign up for|sign up to|sign up here|sign up now|get our|get the latest|get our latest|get our daily|get unlimited|get the day's|join our|join us|join the|join thousands|join more than|follow us|follow our|follow the|like us|find us|support our|support us|support independent|support the|support quality|help us|help keep|please consider|consider supporting|consider making|consider subscribing|if you like|if you liked|if you enjoy|if you enjoyed|if you value|if you found|donate to|donate now|donate today|become a|become our|become part|download our|download the|install our|enter your|want more|want to read|want to get|don't miss|don’t miss|stay up to date|stay informed|stay updated|stay ahead|never miss|be the first|click here|tap here|to get|to receive|to read more|to continue reading|this story is|this article is|this content is|this post is|you have reached|you've reached|you have read|already a|already have|thank you for signing|thank you for reading|thanks for reading|thank you for your|thanks for signing|check your inbox|we've sent|we’ve sent|note from the author|hi, this is|hello, this is|hey there|dear reader|dear readers|our work is|our journalism|independent journalism|our newsroom|read our|make a|buy a|buy us|share this|share your|send us|have you|do you have|got a|contact the|email us|write to us|delivered to|a free|the best of|listen to|watch our|catch up|for more|explore our|start your|try our|unlock|log in to|sign in to|register to|create a free|turn on|allow notifications
підписуйтесь|підписуйтеся|підпишіться|підпишись|підписуйся|підтримайте|підтримати|долучайтесь|долучайтеся|долучіться|приєднуйтесь|приєднуйтеся|стежте за|слідкуйте за|читайте нас|станьте|стань|задонатьте|якщо ви|якщо вам|знайшли помилку|помітили помилку|якщо ви помітили|хочете|наш телеграм|наш telegram|ми в|отримуйте|завантажте
подписывайтесь|подпишитесь|подпишись|подписывайся|поддержите|поддержать|присоединяйтесь|следите за|читайте нас|станьте|если вы|нашли ошибку|заметили ошибку|наш телеграм|наш telegram|мы в|получайте|скачайте|оставайтесь
abonnieren sie|melden sie sich|unterstützen sie|folgen sie|jetzt|registrieren sie|bestellen sie|verpassen sie|sie möchten|sie haben|laden sie|spenden sie|werden sie|haben sie|dieser artikel|unser newsletter|mit unserem|mit dem newsletter|wir freuen uns
abonnez-vous|inscrivez-vous|soutenez|suivez|recevez|rejoignez|téléchargez|faites un don|vous souhaitez|vous avez|cet article est|il vous reste|pour lire|découvrez|ne manquez|retrouvez|déjà abonné
suscríbete|suscríbase|suscribite|apóyanos|apoya|síguenos|síganos|sigue|sigue toda|recibe|reciba|únete|descarga|regístrate|si quieres|haz una|este artículo es|puedes seguir|inscríbete|accede
iscriviti|abbonati|sostieni|seguici|segui|ricevi|unisciti|scarica|registrati|se vuoi|fai una|questo articolo è|per continuare|resta aggiornato|clicca
zapisz się|subskrybuj|wesprzyj|wspieraj|śledź|obserwuj|dołącz|pobierz|zarejestruj|jeśli chcesz|zostań|przekaż|masz temat|widziałeś|kup dostęp|czytaj nas|polub|chcesz być
siga o|siga a|siga nos|siga nas|acompanhe|inscreva-se|curta|assine|receba|cadastre-se|volg ons|volg het|abonneer|meld je aan|schrijf je in|steun|bizi|abone ol|takip edin|följ|prenumerera|stöd|følg|abonner|støt|støtt|seuraa|tilaa|tue|sledujte|odebírejte|podpořte|přihlaste|urmărește|urmăriți|abonează|abonați|susține|kövess|iratkozz|támogasd|kövesd|pratite|prijavite|podržite|последвайте|абонирайте|подкрепете|ακολουθήστε|εγγραφείτε`)

// wants are what such a sentence wants.
var wants = phrases(`newsletter|subscribe|subscriber|subscription|inbox|email|e-mail|sign up|sign-up|telegram|facebook|twitter|instagram|whatsapp|youtube|linkedin|tiktok|viber|threads|bluesky|social media|our app|the app|app store|google play|google news|donat|support us|support our|supporting us|our journalism|independent journalism|journalism|our work|our newsroom|our reporting|our reporters|become a member|membership|a member|our community|our members|patreon|a patron|buy me a coffee|contribution|free trial|subscribers only|for subscribers|paid subscribers|free articles|unlimited access|notifications|our channel|our podcast|your phone|your support|in the comments|ctrl+enter|ctrl + enter|news tip|a tip|a story|daily briefing|morning briefing|reading the|your account|log in|logged in|register|our coverage|all our stories|keep reading
розсилк|підпис|телеграм|telegram-канал|канал|фейсбук|інстаграм|соцмереж|пошт|донат|підтрим|журналіст|нашу роботу|спільнот|патрон|ctrl|ютуб|вотсап|вайбер|застосун|whatsapp
рассылк|подпис|соцсет|почт|поддерж|нашу работу|сообществ|дзен|вконтакте|ютуб|приложени
abo|push|kanal|spende|journalismus|mitglied|unterstütz|kostenlos
lettre|abonn|réseaux sociaux|chaîne|notre travail|soutien|boîte mail|adhér|gratuit|application
boletín|suscri|redes sociales|canal|nuestro trabajo|correo|socio|gratis|periodismo
canale|abbon|social|nostro lavoro|giornalismo|sostien|posta|gratuit
kanał|prenumer|mediach społecznościowych|dziennikarstw|naszą pracę|naszej|skrzynk|aplikacj|patron
redes sociais|jornalismo|doação|nosso trabalho|apoia|grupo do|canal do|nieuwsbrief|sociale media|journalistiek|donatie|ons werk|bülten|sosyal medya|gazetecilik|nyhetsbrev|sociala medier|journalistik|nyhedsbrev|uutiskirje|journalismi|odběr|sociálních sítích|žurnalistik|buletin|rețele|jurnalism|hírlevél|közösségi|újságírás|društvenim mrežama|novinarstv|бюлетин|ενημερωτικό`)

// pleas are unmistakable wherever they stand in a line that quotes nobody.
var pleas = phrases(`please consider supporting|consider supporting us|consider supporting our|consider becoming a|support our journalism|support our work|support our newsroom|support our reporting|support independent journalism|subscribe to our newsletter|sign up for our newsletter|sign up to our newsletter|join our newsletter|from as little as|our newsletter goes to|our letter goes to|all the best stories in your inbox|get new york today in your inbox|in your inbox every|directly to your inbox|straight to your inbox|delivered to your inbox
unterstützen sie unsere|unterstützen sie unabhängig|unseren newsletter|soutenez notre|abonnez-vous à notre|notre newsletter|apoya nuestro|suscríbete a nuestr|nuestro boletín|sostieni il nostro|iscriviti alla nostra|la nostra newsletter|wesprzyj nasz|zapisz się na nasz|nasz newsletter|assine a nossa|assine nossa|nossa newsletter|apoie o nosso|volg ons en mis|schrijf je in voor onze|onze nieuwsbrief|bültenimize abone|підтримайте нас|підтримайте нашу|підписуйтесь на наш|підписуйтеся на наш|поддержите нас|поддержите нашу|подписывайтесь на наш|в нашем telegram|в нашому telegram|check out more articles|voorkeursbron|preferred source on google|as a preferred source|you are receiving this email|forward it to a friend|forward this to a friend|forward this email|obserwuj nas w|dziękujemy, że przeczyt|you received this email|you are receiving this newsletter|támogasd te is|a message from our sponsor|fuente preferida en google|bevorzugte quelle bei google|source préférée sur google`)

func table(kinds map[string]string) map[string]string {
	m := make(map[string]string, 1500)
	for kind, list := range kinds {
		for _, p := range phrases(list) {
			if old, taken := m[p]; !taken || kind < old { // one answer, whatever the order of the map
				m[p] = kind
			}
		}
	}
	return m
}

func phrases(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '|' || r == '\n' })
}

// fold makes a line comparable: lower case, straight apostrophes, no marks
// around it.
func fold(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.ReplaceAll(s, "’", "'")
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("›»→▶►▸•·|<>«:：｜…–—-↓↑+✕×✖⟩❯[]（）【】［］〈〉《》■▼▲●◆※★☆", r) || r > 0x1F000 || unicode.Is(unicode.Co, r) || r == '️'
	})
}

// trim returns at most n bytes of s, cut at a rune.
func trim(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
