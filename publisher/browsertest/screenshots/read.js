(async () => {
	const audio = document.querySelector("audio"), player = document.querySelector("audio-article");
	const event = name => new Promise(done => audio.addEventListener(name, done, {once: true}));
	if (audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) await event("canplay");
	const marked = new Promise(done => addEventListener("aa-cue", e => e.detail.start > 12 && done()));
	audio.currentTime = 12.5;
	await marked;
	audio.pause();
	scrollTo({top: scrollY + player.getBoundingClientRect().top - 16, behavior: "instant"});
	await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
})()
