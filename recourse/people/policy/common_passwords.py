"""Words that guessers try first: what people put into passwords, in several languages; all lower case, no accents."""

COMMON = frozenset(
    """
    password passwort passwd passcode passphrase pass word motdepasse contrasena senha parola haslo wachtwoord losenord
    secret geheim segreto secreto login logon signin welcome willkommen bienvenue benvenuto bienvenido hello hallo hola
    ciao bonjour admin administrator administrateur root system sysadmin superuser user guest demo test testing tester
    temp temporary default changeme change access enter letmein open opensesame sesame master mastermind manager boss
    owner staff support helpdesk service servicedesk desk customer client agent office company business sales finance
    internet network computer laptop server database windows microsoft google apple amazon facebook twitter instagram
    youtube linkedin netflix spotify samsung android iphone linux ubuntu oracle cisco adobe pokemon minecraft roblox
    fortnite playstation nintendo xbox starwars batman superman spiderman ironman avengers matrix trustno1 whatever
    nothing something anything everything qwerty qwertz azerty asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx wsxedc
    qweasd qweasdzxc abc abcd abcdef abcdefg aaa xxx iloveyou ilove loveyou love lover loveme lovely honey sweet
    sweetheart sweetie baby babygirl babyboy darling angel princess prince queen king kingdom princesse cherie amour
    amor amore liebe schatz mein ich dich forever always never mine family mother father mama papa sister brother
    friend friends bestfriend buddy mommy daddy child children wife husband girl boy lady woman mister
    sunshine sunflower flower butterfly rainbow summer winter spring autumn fall sommer fruhling herbst ete hiver
    printemps verano invierno monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december januar februar maerz juni juli oktober dezember morning
    night evening today tomorrow yesterday weekend holiday vacation christmas easter halloween birthday birth party
    football soccer baseball basketball hockey tennis golf rugby cricket liverpool chelsea arsenal barcelona madrid
    manchester united juventus bayern dortmund schalke celtic rangers cowboys yankees lakers steelers eagles packers
    ferrari porsche mercedes mustang corvette harley toyota honda yamaha suzuki audi bmw camaro
    dragon monkey tiger lion panther wolf bear eagle falcon hawk horse pony dog doggy puppy cat kitty kitten bunny
    rabbit turtle dolphin shark snake spider phoenix unicorn banana orange apple cherry strawberry peach cookie
    chocolate candy sugar cheese pizza coffee chicken pepper ginger cinnamon vanilla pumpkin peanut butter
    shadow ghost ninja samurai warrior knight soldier hunter killer death devil demon satan heaven hell jesus christ
    god lord faith hope grace blessed church bible maria jose freedom liberty peace america england london paris berlin
    madrid roma newyork chicago boston texas california florida canada australia deutschland france italia espana
    michael jennifer thomas jordan michelle daniel jessica ashley andrew anthony joshua matthew robert william james
    david john joseph charlie charles george richard christopher brandon justin nicole amanda melissa sarah elizabeth
    hannah samantha stephanie victoria alexander alexandra benjamin samuel jonathan nicholas patrick taylor morgan
    maggie molly bailey buster max oliver oscar rocky lucky harley tigger snoopy garfield mickey minnie donald daisy
    silver golden gold diamond crystal purple yellow green blue red black white orange pink brown
    computer music guitar piano dance dancer dancing rock rocknroll metallica nirvana beatles slipknot eminem
    cool hot sexy crazy happy smile funny pretty beautiful handsome super mega ultra power energy magic mystery wizard
    number one two three four five six seven eight nine zero first second third last star stars moon sun earth world
    planet galaxy space rocket money dollar euro cash rich million lucky winner champion hero legend
    please thanks thankyou sorry goodbye bye yes okay fuck fucker fuckyou shit bitch asshole bastard
    remember forget forgot private safe safety secure security protect protected strong key lock house home
    school student teacher college university class summer2 alpha beta gamma delta omega zulu
    """.split()  # noqa: SIM905
)

WALKS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
    "1234567890", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
)  # fmt: skip
