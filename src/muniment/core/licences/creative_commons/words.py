"""How Creative Commons names the elements of its licences in its deeds and legal codes, by language (creativecommons.org).

All that reads such names reads them by this one table. The words of a spelling may stand apart, behind hyphens or joined: "no comercial" is
also "NoComercial" and "no-comercial". Where a language has no word here for an element, its deed has the English one, or is not known.
"""

import re
from typing import Literal

Element = Literal["by", "nc", "nd", "sa"]
ELEMENTS: tuple[Element, ...] = ("by", "nc", "nd", "sa")  # in the order of identifiers

# Languages by their codes (ISO 639); spellings are apart by bars, and include those of older deeds.
SPELLINGS: dict[str, dict[Element, str]] = {
    "en": {
        "by": "attribution",
        "nc": "non commercial|not for commercial use",
        "nd": "no deriv|no derivs|no deriv works|no derivs works|no derivative|no derivatives|no derivative work|no derivative works"
        "|no derivatives works|no derivate|no derivates|no derivate works",
        "sa": "share alike|share like",
    },
    "ar": {
        "by": "نسب المصنف|نسٔ المصنف|نَسب المُصنَّف",
        "nc": "غير تجاري|غير تجارى",
        "nd": "منع الاشتقاق|بدون اشتقاق|بلا اشتقاق",
        "sa": "الترخيص بالمثل|المشاركة بالمثل",
    },
    "az": {"by": "müəllifliyin müəyyən edilməsi", "nc": "qeyri kommersiya", "nd": "qeyri törəmə"},
    "bg": {
        "by": "признание",
        "nc": "некомерсиално",
        "nd": "без производни|без производни произведения",
        "sa": "споделяне на споделеното",
    },
    "ca": {
        "by": "reconeixement|atribució",
        "nc": "no comercial",
        "nd": "sense obra derivada|sense obres derivades",
        "sa": "compartir igual",
    },
    "cs": {
        "by": "uveďte autora|uveďte původ",
        "nc": "neužívejte dílo komerčně|neužívejte komerčně",
        "nd": "nezpracovávejte|nezasahujte do díla",
        "sa": "zachovejte licenci",
    },
    "da": {
        "by": "navngivelse",
        "nc": "ikke kommerciel",
        "nd": "ingen bearbejdelse|ingen bearbejdelser",
        "sa": "del på samme vilkår",
    },
    "de": {
        "by": "namensnennung",
        "nc": "nicht kommerziell|keine kommerzielle nutzung",
        "nd": "keine bearbeitung|keine bearbeitungen",
        "sa": "weitergabe unter gleichen bedingungen",
    },
    "el": {
        "by": "αναφορά|αναφορά δημιουργού|αναφορά προέλευσης",
        "nc": "μη εμπορική|μη εμπορική χρήση",
        "nd": "όχι παράγωγα|όχι παράγωγο|όχι παράγωγα έργα|όχι παράγωγο έργο",
        "sa": "παρόμοια διανομή",
    },
    "es": {
        "by": "reconocimiento|atribución",
        "nc": "no comercial|no comerciales|uso no comercial",
        "nd": "sin obra derivada|sin obra derivadas|sin obras derivadas|sin derivada|sin derivadas|sin derivado|sin derivados|sin derivar"
        "|no derivada|no derivadas",
        "sa": "compartir igual",
    },
    "et": {
        "by": "autorile viitamine",
        "nc": "mitteäriline|mitteäriline eesmärk",
        "nd": "tuletatud teoste keeld",
        "sa": "jagamine samadel tingimustel",
    },
    "eu": {"by": "aitortu", "nc": "ez komertziala", "nd": "lan eratorririk gabe", "sa": "partekatu berdin"},
    "fi": {"by": "nimeä", "nc": "ei kaupallinen|epäkaupallinen", "nd": "ei muutoksia", "sa": "jaa samoin"},
    "fr": {
        "by": "paternité|attribution",
        "nc": "pas d'utilisation commerciale|utilisation non commerciale|non commerciale|non commerciales",
        "nd": "pas de modification|pas de modifications|pas de travail dérivé|pas d'œuvre dérivée|pas d'œuvres dérivées"
        "|pas d'oeuvre dérivée|pas d'oeuvres dérivées",
        "sa": "partage dans les mêmes conditions|partage à l'identique|partage a l'identique|partage a l'identique des conditions initiales|partage à l'identique des conditions initiales"
        "|partage des conditions initiales à l'identique|des conditions initiales à l'identique|conditions initiales à l'identique",
    },
    "gl": {"by": "recoñecemento", "nc": "non comercial", "nd": "sen obra derivada|sen obras derivadas", "sa": "compartir igual"},
    "he": {
        "by": "ייחוס",
        "nc": "לא מסחרי|שימוש לא מסחרי",
        "nd": "ללא יצירות נגזרות|איסור יצירות נגזרות",
        "sa": "שיתוף זהה",
    },
    "hr": {"by": "imenovanje", "nc": "nekomercijalno", "nd": "bez prerada", "sa": "dijeli pod istim uvjetima"},
    "hu": {"by": "nevezd meg", "nc": "ne add el", "nd": "ne változtasd", "sa": "így add tovább"},
    "hy": {
        "by": "հղում",
        "nc": "ոչ առևտրային|ոչ առևտրային օգտագործում",
        "nd": "առանց վերափոխումների|օգտագործում առանց վերափոխումների",
    },
    "id": {"by": "atribusi", "nc": "non komersial", "nd": "tanpa turunan", "sa": "berbagi serupa"},
    "it": {"by": "attribuzione", "nc": "non commerciale", "nd": "non opere derivate", "sa": "condividi allo stesso modo"},
    "ja": {
        "by": "表示|帰属|アトリビューション",
        "nc": "非営利",
        "nd": "改変禁止",
        "sa": "継承|同一条件許諾|シェアアライク",
    },
    "ko": {"by": "저작자표시", "nc": "비영리", "nd": "변경금지", "sa": "동일조건변경허락"},
    "lt": {
        "by": "priskyrimas",
        "nc": "nekomercinis|nekomercinis naudojimas|nekomercinis platinimas",
        "nd": "jokių išvestinių kūrinių|be išvestinių|be išvestinių darbų",
        "sa": "analogiškas platinimas",
    },
    "lv": {
        "by": "attiecinājums|attiecinājuma",
        "nc": "nekomerciāls|nekomerciāla",
        "nd": "bez atvasinājumiem|bez atvasinātiem darbiem",
        "sa": "ar tādiem pašiem noteikumiem|izplatīšana ar tādiem pašiem noteikumiem",
    },
    "mi": {"by": "tautohu matatiki", "nd": "taketake anake", "sa": "tohaurite"},
    "mk": {"by": "наведи извор", "nc": "некомерцијално", "nd": "без адаптирани дела", "sa": "сподели под исти услови"},
    "ms": {"by": "pengiktirafan", "nc": "bukan komersial", "nd": "tanpa terbitan", "sa": "perkongsian serupa"},
    "nl": {"by": "naamsvermelding", "nc": "niet commercieel", "nd": "geen afgeleide werken", "sa": "gelijk delen"},
    "no": {
        "by": "navngivelse",
        "nc": "ikke kommersiell",
        "nd": "ingen bearbeidelse|ingen bearbeidelser",
        "sa": "del på samme vilkår",
    },
    "pl": {
        "by": "uznanie autorstwa",
        "nc": "użycie niekomercyjne",
        "nd": "bez utworów zależnych",
        "sa": "na tych samych warunkach",
    },
    "pt": {
        "by": "atribuição",
        "nc": "não comercial|uso não comercial|nao comercial|uso nao comercial",
        "nd": "sem derivações|sem derivados|vedada a criação de obras derivadas|proibição de realização de obras derivadas"
        "|proibição de realização obras derivadas|não a obras derivadas",
        "sa": "compartilha igual|partilha igual|compartilhamento pela mesma licença|partilha nos mesmos termos|partilha nos termos da mesma licença",
    },
    "ro": {
        "by": "atribuire",
        "nc": "necomercial|fără utilizare comercială",
        "nd": "fără modificări|fără derivate",
        "sa": "partajare în condiții identice|partajare în condiţii identice|partajare în conditii identice"
        "|distribuire în condiții identice|distribuire în condiţii identice|distribuire în conditii identice",
    },
    "ru": {
        "by": "с указанием авторства|атрибуция",
        "nc": "некоммерческая|некоммерческое|некоммерческий|некоммерческое использование|некоммерческого использования",
        "nd": "без производных|без производных произведений",
        "sa": "с сохранением условий|на тех же условиях",
    },
    "sk": {
        "by": "uveďte autora|uveďte pôvod",
        "nc": "nepoužívajte komerčne",
        "nd": "nespracovávajte",
        "sa": "zachovajte licenciu|rovnaké šírenie",
    },
    "sl": {"by": "priznanje avtorstva", "nc": "nekomercialno", "nd": "brez predelav", "sa": "deljenje pod enakimi pogoji"},
    "sr": {
        "by": "autorstvo|ауторство",
        "nc": "nekomercijalno|некомерцијално",
        "nd": "bez prerada|без прерада",
        "sa": "deliti pod istim uslovima|делити под истим условима",
    },
    "sv": {"by": "erkännande", "nc": "icke kommersiell", "nd": "inga bearbetningar", "sa": "dela lika"},
    "th": {
        "by": "แสดงที่มา|อ้างอิงที่มา",
        "nc": "ไม่ใช้เพื่อการค้า|ห้ามใช้เพื่อการค้า",
        "nd": "ไม่ดัดแปลง|ห้ามดัดแปลง",
        "sa": "อนุญาตแบบเดียวกัน",
    },
    "tr": {"by": "atıf", "nc": "gayri ticari", "nd": "türetilemez", "sa": "aynı lisansla paylaş|benzer paylaşım|lisans devam"},
    "uk": {
        "by": "із зазначенням авторства",
        "nc": "некомерційна|некомерційне використання",
        "nd": "без похідних|без похідних творів",
        "sa": "поширення на тих самих умовах|розповсюдження на тих самих умовах",
    },
    "vi": {"by": "ghi công|ghi nhận đóng góp", "nc": "phi thương mại", "nd": "không phái sinh", "sa": "chia sẻ tương tự"},
    "zh": {
        "by": "署名|姓名標示",
        "nc": "非商业性使用|非商业性|非商業性",
        "nd": "禁止演绎|禁止改作",
        "sa": "相同方式共享|相同方式分享",
    },
}
_BETWEEN = r"[\s\u2010-\u2015-]*"
_APOSTROPHE = "['’‘ʼ´`]"


def spelled(*elements: Element) -> str:
    """Pattern of any spelling of one of the elements, for text whose case is ignored or which is in small letters."""
    spellings = {one for words in SPELLINGS.values() for element in elements for one in words.get(element, "").split("|") if one}
    # A longer spelling stands before those that it contains.
    return "|".join(_pattern(one) for one in sorted(spellings, key=lambda one: (-len(one), one)))


def _pattern(spelling: str) -> str:
    return _BETWEEN.join(map(re.escape, spelling.split())).replace("'", _APOSTROPHE)
