/**
 * What people make passwords of, most of all: of the lists that zxcvbn (MIT) and Django (BSD) keep, in French too.
 * Without digits, accents and capitals, which are looked through (`common.ts`).
 */
export const WORDS: ReadonlySet<string> = new Set(
  `
  password passwort passphrase motdepasse motpasse secret letmein welcome bienvenue bonjour bonsoir salut hello coucou
  admin administrator administrateur root user utilisateur guest invite login access connect connexion change changeme
  default temp temporary provisoire test testing tester master manager support service security securite system
  internet google facebook microsoft windows apple samsung android iphone computer ordinateur laptop server router
  network private prive public office bureau company entreprise society societe business work travail school ecole
  student etudiant teacher professional professionnel international website mail email gmail hotmail yahoo orange
  wanadoo linkedin twitter instagram youtube netflix amazon amazone claude anthropic chatapp chat love loves lover
  lovely iloveyou loveyou loveme amour amours jetaime jtm mylove monamour moncoeur chouchou doudou cheri cherie coeur
  bisous bisou forever toujours friend friends family famille baby bebe babygirl angel ange princess princesse prince
  queen reine king roi daddy papa maman mother mama mere pere frere soeur happy lucky smile freedom liberte liberty
  peace paix life vie hope espoir heaven paradise paradis dream dreams reve sunshine soleil summer winter autumn
  spring printemps hiver automne moon lune star stars etoile sunset flower flowers fleur rainbow snow neige fire water
  ocean forest mountain montagne river nature january february march april june july august september october november
  december janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre monday tuesday
  wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche dragon monkey tiger
  tigre lion eagle aigle falcon shark wolf loup horse cheval dolphin dauphin panther bear ours turtle rabbit lapin
  kitty kitten chien dogs doggy puppy butterfly papillon chicken poulet banana banane peanut butter cookie cookies
  chocolate chocolat caramel cheese fromage coffee cafe pizza burger cherry lemon citron apples pomme sugar candy
  bonbon pepper ginger vanilla vanille strawberry fraise cocacola pepsi heineken football soccer baseball basketball
  tennis hockey rugby golf judo karate surf skate fishing racing runner player champion liverpool arsenal chelsea
  manchester united barcelona barcelone realmadrid madrid juventus milan inter internazionale marseille lyon psg
  bordeaux stetienne nantes lille toulouse monaco rennes paris france london londres england berlin germany italia
  italie espagne portugal suisse belgique bruxelles canada quebec montreal america newyork boston chicago dallas texas
  florida california sanfrancisco hollywood lasvegas australia sydney mexico brazil bresil maroc algerie tunisie
  africa afrique europe bretagne corse ferrari porsche mercedes mustang camaro corvette harley yamaha honda toyota
  peugeot renault citroen batman superman spiderman ironman superhero hulk starwars skywalker startrek matrix pokemon
  pikachu naruto sasuke dragonball minecraft fortnite playstation xbox nintendo zelda mario sonic warcraft
  worldofwarcraft counterstrike callofduty finalfantasy residentevil needforspeed devilmaycry gameboy gamer hacker
  ninja samurai wizard merlin gandalf hobbit harrypotter simpsons snoopy mickey minnie tigger bambi nemo tintin
  asterix obelix garfield metallica nirvana slipknot eminem rihanna beyonce madonna michaeljackson justinbieber
  onedirection hannahmontana avrillavigne beatles guitar guitare music musique dancer danse rockstar punk alexander
  alexandre alexandra alexis alice amanda amelie andrea andrew angela anthony antoine arthur ashley audrey aurelie
  austin benjamin bernard brandon camille caroline catherine cedric celine charlie charles charlotte chloe christian
  christine christopher claire clement daniel david diana dominique dylan eliott elodie emilie emma eric estelle
  fabien florian francois frederic gabriel george guillaume hannah hugo isabelle jackson jacques james jasmine jasper
  jason jean jennifer jeremy jessica john jonathan jordan joseph joshua julie julien justin karine kevin laura laurent
  lauren louis lucas lucie marie marine martin mathieu matthew maxime melanie melissa michael michel michelle mohamed
  morgan natasha nathalie nicolas nicole oceane olivia oliver olivier pascal patrick paul philippe pierre quentin
  rachel raphael rebecca richard robert romain samantha sandra sarah sebastian sebastien simon sophie stephanie
  stephane steven thomas thibault valentin valentina valerie vanessa veronique victor victoria vincent virginie
  william xavier yannick azerty qwerty qwertz loulou loulous nounours titi toto tata minou poussin tresor chocolatine
  camembert baguette monster killer hunter shadow phoenix thunder trustno silver golden gold diamond diamonds crystal
  cristal magic power force jesus jesuslovesme jesuschrist christ god dieu ingodwetrust allah bible faith maria angels
  whatever nothing anything something everything letsgo please thankyou merci goodluck money dollar cash boss police
  soldier warrior guerrier pirate cowboy ranger captain capitaine doctor docteur rocket trinity neo purple violet
  yellow jaune blue bleu green vert white blanc black noir rouge rose correct battery staple peanutbutter
  cookiemonster manchesterunited ilovemyfamily leavemealone ihatethisgame transformers supernatural stratocaster
  sonyericsson punksnotdead iseedeadpeople moderncombat nightcrawler ticketmaster massimiliano telechargement
  heterosexual cosmopolitan ichliebedich sonnenschein seniseviyorum kartoffelpuffer networking websolutions
  fallenangel edwardcullen neworleans starwarsfan greenlantern mortalkombat jamesbond warhammer systemofadown
  morganstanley weihnachtsbaum startfinding whosyourdaddy thecakeisalie gettherefast standard ghbdtn gfhjkm ghjcnj
  fktrcfylh dkflbvbh fkmnthyfnbdf megaparol auckland
  `
    .trim()
    .split(/\s+/),
);
