"""A few sentences of an office in many languages, and the encodings that its older programs saved them in."""

from __future__ import annotations

from typing import NamedTuple

# Language: its encodings as Python names them, and two paragraphs, which are used together and each alone.
LANGUAGES: dict[str, tuple[str, str, str]] = {
    "french": (
        "cp1252 iso8859-15 mac_roman",
        "Le locataire s’engage à régler le loyer au début de chaque trimestre, faute de quoi une pénalité est due.",
        "Après réception de la dernière facture, le délai prévu à l’article précédent commence à courir.",
    ),
    "german": (
        "cp1252 iso8859-1 mac_roman",
        "Die Kündigung erfolgt schriftlich, spätestens drei Monate vor Ablauf des Jahres. Für Schäden haftet er.",
        "Gemäß § 4 müssen die Räume in ordnungsgemäßem Zustand übergeben werden; Ausnahmen genügen der Textform.",
    ),
    "spanish": (
        "cp1252 iso8859-1 mac_roman",
        "La reunión del próximo año se celebrará en Málaga. ¿Quién enviará la documentación a los señores Núñez?",
        "El plazo de garantía será de cinco años, según la cláusula décima del contrato de adhesión.",
    ),
    "portuguese": (
        "cp1252 iso8859-1 mac_roman",
        "A prestação dos serviços não inclui manutenção aos sábados. As condições estão na página três.",
        "O comprador não poderá alegar desconhecimento das obrigações, à exceção das já mencionadas.",
    ),
    "italian": (
        "cp1252 iso8859-1 mac_roman",
        "Il contratto è valido finché le parti non lo disdicono. La società pagherà però le spese più urgenti.",
        "La qualità dei materiali sarà verificata già lunedì; in città non c’è altra possibilità.",
    ),
    "dutch": (
        "cp1252 iso8859-1",
        "De financiële gegevens van de cliënt worden vóór één maart geüpload; één exemplaar blijft bij ons.",
        "De coördinator heeft het reünieverslag geïllustreerd en naar alle categorieën verstuurd.",
    ),
    "swedish": (
        "cp1252 iso8859-1 mac_roman",
        "Hyresgästen får inte överlåta lägenheten utan ägarens godkännande. Avgiften höjs från år två.",
        "Vi återkommer när försäkringen är klar; räkningen på tusen kronor är ännu inte betald.",
    ),
    "danish": (
        "cp1252 iso8859-1",
        "Køberen må ikke få udleveret nøglerne, før hele beløbet er betalt på sælgerens konto.",
        "Udgifterne til møder og rejser i årets første måned gøres op særskilt på næste side.",
    ),
    "finnish": (
        "cp1252 iso8859-15",
        "Sopimus päättyy, jos myyjä ei ole pystynyt täyttämään velvollisuuksiaan määräaikaan mennessä.",
        "Tämän jälkeen hinta määräytyy käytettyjen työtuntien ja päivärahojen mukaan.",
    ),
    "icelandic": (
        "cp1252 iso8859-1",
        "Samningurinn gildir í tvö ár og þarf að segja honum upp með þriggja mánaða fyrirvara. Greitt er á Íslandi.",
        "Það er óheimilt að framselja íbúðina án þess að eigandinn hafi samþykkt það.",
    ),
    "polish": (
        "cp1250 iso8859-2",
        "Najemca zapłaci czynsz do końca miesiąca. Późniejsza wpłata powoduje naliczenie odsetek według ustawy.",
        "Sąd właściwy dla siedziby spółki rozstrzygnie wszystkie spory; każda strona może wypowiedzieć umowę.",
    ),
    "czech": (
        "cp1250 iso8859-2",
        "Smlouva se uzavírá na dobu určitou. Kupující zaplatí cenu nejpozději před převzetím zboží.",
        "Výše uvedené škody nebudou hrazeny, ledaže by je způsobil přímo zaměstnanec prodávajícího.",
    ),
    "slovak": (
        "cp1250 iso8859-2",
        "Nájomca je povinný uhradiť dlžnú sumu do pätnástich dní. Ďalšie podmienky sú uvedené v prílohe.",
        "Účastníci sa dohodli, že všetky spory budú riešiť prednostne zmierom a až potom súdnou cestou.",
    ),
    "hungarian": (
        "cp1250 iso8859-2",
        "A szerződő felek megállapodnak, hogy a bérleti díjat minden hónap első hetében kell fizetni.",
        "Az előző bekezdésben említett összegről külön számla készül, amelyet őszig kell kiegyenlíteni.",
    ),
    "romanian": (
        "cp1250 iso8859-2",
        "Chiriaşul va plăti suma până la sfârşitul lunii. În caz de întârziere se aplică penalităţi.",
        "Părţile au convenit că această înţelegere înlocuieşte toate contractele încheiate mai înainte.",
    ),
    "croatian": (
        "cp1250 iso8859-2",
        "Kupac će platiti račun u roku od osam dana. Žalba ne odgađa izvršenje, što je izričito navedeno.",
        "Najmoprimac ne može davati stan u podnajam bez pisanog dopuštenja vlasnika i drugih sustanara; šteta je.",
    ),
    "turkish": (
        "cp1254 iso8859-9",
        "Kiracı, kira bedelini her ayın başında ödeyeceğini kabul eder. Gecikme hâlinde yasal faiz işler.",
        "İşbu sözleşmenin değiştirilmesi ancak iki tarafın yazılı onayıyla mümkündür; şirket ayrıca ücret ister.",
    ),
    "latvian": (
        "cp1257 iso8859-13",
        "Īrnieks maksā īres maksu līdz katra mēneša beigām. Līgums tiek slēgts uz nenoteiktu laiku.",
        "Šā panta noteikumi neattiecas uz tām personām, kuras ir saņēmušas rakstisku piekrišanu.",
    ),
    "lithuanian": (
        "cp1257 iso8859-13",
        "Nuomininkas įsipareigoja mokėti nuomą iki kiekvieno mėnesio pabaigos. Ši sutartis galioja dvejus metus.",
        "Šalių ginčai sprendžiami derybomis, o nepavykus susitarti – teisme pagal įstatymus ir šią sutartį.",
    ),
    "estonian": (
        "cp1257 iso8859-15",
        "Üürnik tasub üüri iga kuu lõpuks. Lepingu võib üles öelda kolmekuulise etteteatamisega.",
        "Kõik käesolevast lepingust tulenevad vaidlused lahendatakse läbirääkimiste teel, või pöördutakse kohtusse.",
    ),
    "russian": (
        "cp1251 koi8-r iso8859-5 mac_cyrillic cp866",
        "Арендатор обязуется вносить плату до конца каждого месяца. Срок действия договора – два года.",
        "Все споры решаются путём переговоров, а при недостижении согласия передаются в суд.",
    ),
    "ukrainian": (
        "cp1251 koi8-u",
        "Орендар зобов'язується сплачувати кошти до кінця кожного місяця. Її строк дії становить два роки.",
        "Усі суперечки вирішуються шляхом переговорів; якщо згоди немає, їх розглядає суд у місті Києві.",
    ),
    "bulgarian": (
        "cp1251 iso8859-5",
        "Наемателят се задължава да плаща наема до края на всеки месец. Договорът е със срок две години.",
        "Всички спорове се решават чрез преговори, а при липса на съгласие се отнасят до съда.",
    ),
    "serbian": (
        "cp1251 iso8859-5",
        "Закупац се обавезује да плаћа закупнину до краја сваког мјесеца. Уговор се закључује на двије године.",
        "Сви спорови рјешавају се договором, а ако то није могуће, надлежан је суд у Бањој Луци.",
    ),
    "greek": (
        "cp1253 iso8859-7",
        "Ο μισθωτής υποχρεούται να καταβάλλει το μίσθωμα έως το τέλος κάθε μήνα. Η σύμβαση ισχύει για δύο έτη.",
        "Κάθε διαφορά επιλύεται με διαπραγματεύσεις, και αν δεν υπάρξει συμφωνία, αρμόδια είναι τα δικαστήρια.",
    ),
    "hebrew": (
        "cp1255 iso8859-8",
        "השוכר מתחייב לשלם את דמי השכירות עד סוף כל חודש. תוקף ההסכם הוא שנתיים.",
        "כל המחלוקות ייושבו במשא ומתן, ובהיעדר הסכמה יועברו לבית המשפט המוסמך.",
    ),
    "arabic": (
        "cp1256 iso8859-6",
        "يلتزم المستأجر بدفع الإيجار قبل نهاية كل شهر. مدة العقد سنتان من تاريخ التوقيع.",
        "تحل جميع الخلافات عن طريق التفاوض، وإذا تعذر ذلك تعرض على المحكمة المختصة.",
    ),
    "thai": (
        "cp874",
        "ผู้เช่าตกลงชำระค่าเช่าภายในสิ้นเดือนของทุกเดือน สัญญานี้มีอายุสองปีนับแต่วันลงนาม",
        "ข้อพิพาททั้งหมดให้ระงับโดยการเจรจา หากตกลงกันไม่ได้ให้เสนอต่อศาลที่มีเขตอำนาจ",
    ),
    "vietnamese": (
        "cp1258",
        "Bên thuê nhà trả tiền trước ngày mười hàng tháng; thời hạn hợp đồng là hai năm kể từ ngày ký.",
        "Mọi tranh chấp được giải quyết bằng thương lượng, nếu không được thì đưa ra tòa án.",
    ),
    "simplified chinese": (
        "gb18030 utf-16-le utf-16-be",
        "承租人应于每月月底前支付租金，逾期按照合同约定支付违约金。本合同有效期为两年。",
        "双方发生争议的，应当协商解决；协商不成的，提交人民法院处理。",
    ),
    "traditional chinese": (
        "big5 utf-16-le utf-16-be",
        "承租人應於每月月底前支付租金，逾期應依合約支付違約金。本合約有效期間為兩年。",
        "雙方發生爭議時，應先行協商；協商不成者，由臺北地方法院管轄。",
    ),
    "japanese": (
        "cp932 euc_jp utf-16-le utf-16-be iso2022_jp",
        "借主は毎月末日までに賃料を支払うものとします。契約期間は二年間です。",
        "本契約に関する紛争は、まず協議により解決し、合意に至らない場合は東京地方裁判所に提起します。",
    ),
    "korean": (
        "cp949 utf-16-le utf-16-be",
        "임차인은 매월 말일까지 임대료를 지급하여야 한다. 계약 기간은 이 년으로 한다.",
        "본 계약에 관한 분쟁은 협의하여 해결하며, 합의되지 않으면 서울지방법원에 제소한다.",
    ),
    "english": (
        "cp1252 mac_roman utf-16-le utf-16-be",
        "The tenant’s deposit of £200 is due in January – “no later than the first”, as agreed in the café.",
        "Clause 4 applies only if the buyer hasn’t signed; the seller’s remedy is £50 a day…",
    ),
}


class Encoded(NamedTuple):
    language: str
    encoding: str
    text: str
    content: bytes


def encoded() -> list[Encoded]:
    """Every language in each of its encodings: both paragraphs, and each alone."""
    found = []
    for language, (encodings, first, second) in LANGUAGES.items():
        for encoding in encodings.split():
            for text in (f"{first}\r\n{second}\r\n", first, second):
                content = text.encode(encoding, "replace")
                found.append(Encoded(language, encoding, content.decode(encoding), content))
    return found
