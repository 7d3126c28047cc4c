"""The name of a Creative Commons licence in the heading of its own page, in the languages in which Creative Commons publishes licences.

A heading is put into English element by element and read by the strict reader of names, so that a word which is not known here makes it
unread: a licence is never taken for a more permissive one.
"""

import re
from functools import lru_cache

from muniment.core.licences.creative_commons import creative_commons

# Names by language: Catalan, Galician, Basque, Spanish, Portuguese, French, Czech, Slovak, Slovene, Croatian, Serbian, Macedonian, Bulgarian,
# Romanian, Hungarian, Estonian, Latvian, Lithuanian, Greek, Turkish, Indonesian, Malay, Vietnamese, Ukrainian, Arabic, Hebrew, Armenian,
# Azerbaijani, Maori, Swedish, Danish, Finnish, Chinese, Japanese, Thai, Italian, Dutch, Polish.
_NAMES = {
    "NonCommercial": (
        r"no ?comercial|non ?comercial|ez ?komertziala|uso n[oã]o?[ -]comercial|pas d.utilisation commerciale|non commercial(?:e)?"
        r"|neužívejte (?:dílo )?komerčně|nepoužívajte komerčne|nekomercialno|nekomercijalno|некомерцијално|некомерсиално|necomercial"
        r"|fără ?utilizare ?comercială|ne add el!?|mitteäriline(?: eesmärk)?|nekomerciāl[sa]|nekomercinis(?: naudojimas| platinimas)?"
        r"|μη[ -]εμπορική(?: χρήση)?|gayri ?ticari|non ?komersial|bukan ?komersial|phi thương mại|некомерційна|некомерційне використання"
        r"|غير تجار[يى]|(?:שימוש )?לא מסחרי|ոչ[ -]+առևտրային(?: օգտագործում)?|qeyri[ -]kommersiya|icke[ -]?kommersiell|ikke[ -]?kommercie?l"
        r"|ei ?kaupallinen|epäkaupallinen|非商業性|非商业性使用|非商业性|非営利|ไม่ใช้เพื่อการค้า|ห้ามใช้เพื่อการค้า|non ?commerciale|niet ?commercieel"
        r"|użycie niekomercyjne"
    ),
    "ShareAlike": (
        r"compartir ?igual|partekatu ?berdin|compartilhamento pela mesma licença|compartilha ?igual|partilha nos (?:mesmos termos|termos da mesma licença)"
        r"|partage (?:[àa] l.identique(?: des conditions initiales)?|des conditions initiales à l.identique|dans les mêmes conditions)"
        r"|zachovejte licenci|zachovajte licenciu|rovnaké šírenie|deljenje pod enakimi pogoji|dijeli pod istim uvjetima|deliti pod istim uslovima"
        r"|делити под истим условима|сподели под исти услови|споделяне на споделеното|(?:partajare|distribuire)[ -]?în[ -]?condi[tţț]ii[ -]?identice"
        r"|így add tovább!?|jagamine samadel tingimustel|(?:izplatīšana )?ar tādiem pašiem noteikumiem|analogiškas platinimas"
        r"|παρόμοια διανομή|aynı ?lisansla ?paylaş|benzer ?paylaşım|lisans ?devam|berbagi ?serupa|perkongsian ?serupa|chia sẻ tương tự"
        r"|(?:поширення|розповсюдження) на тих самих умовах|(?:الترخيص|المشاركة) بالمثل|שיתוף זהה|tohaurite|dela ?lika|jaa ?samoin|相同方式(?:共享|分享)"
        r"|同一条件許諾|シェアアライク|継承|อนุญาตแบบเดียวกัน|condividi ?allo ?stesso ?modo|gelijk ?delen|na tych samych warunkach"
    ),
    "NoDerivatives": (
        r"sense ?obr(?:a|es) ?derivad(?:a|es)|sen ?obras? ?derivadas?|lan ?eratorririk ?gabe|sin ?(?:obras? ?)?derivadas?|no derivadas?|qeyri[ -]törəmə|sem ?derivações"
        r"|vedada a criação de obras derivadas|(?:proibição de realização|não a) obras derivadas|pas d.(?:œ|oe)uvres? dérivées?|pas de travail dérivé"
        r"|nezpracovávejte|nezasahujte do díla|nespracovávajte|brez predelav|bez prerada|без прерада|без адаптирани дела|без производни(?: произведения)?"
        r"|fără ?(?:modificări|derivate)|ne változtasd!?|tuletatud teoste keeld|bez (?:atvasinājumiem|atvasinātiem darbiem)"
        r"|jokių išvestinių kūrinių|be išvestinių(?: darbų)?|όχι[ -]παράγωγ[αο](?: έργ[αο])?|türetilemez|tanpa ?turunan|tanpa ?terbitan|không phái sinh"
        r"|без похідних(?: творів)?|منع الاشتقاق|(?:بدون|بلا) اشتقاق|(?:ללא|איסור) יצירות נגזרות|(?:օգտագործում )?առանց վերափոխումների|taketake anake"
        r"|inga ?bearbetningar|ei ?muutoksia|禁止改作|禁止演绎|改変禁止|ไม่ดัดแปลง|ห้ามดัดแปลง|non opere derivate|geen ?afgeleide ?werken|bez utworów zależnych"
    ),
    "Attribution": (
        r"reconeixement|atribució(?!n)|recoñecemento|aitortu|reconocimiento|atribución|atribuição|paternité|uveďte (?:autora|původ|pôvod)|priznanje avtorstva"
        r"|imenovanje|autorstvo|ауторство|наведи ?извор|признание|atribuire|nevezd meg!?|autorile viitamine|attiecinājum[sa]|priskyrimas"
        r"|αναφορά(?: δημιουργού| προέλευσης)?|atıf|atribusi|pengiktirafan|ghi nhận đóng góp|ghi công|із зазначенням авторства|نس[بٔ] المصنف"
        r"|نَسب المُصنَّف|ייחוס|հղում|müəllifliyin müəyyən edilməsi|tautohu matatiki|erkännande|navngivelse|nimeä|姓名標示|署名|表示|帰属"
        r"|アトリビューション|แสดงที่มา|อ้างอิงที่มา|attribuzione|naamsvermelding|uznanie autorstwa|namensnennung"
    ),
}  # fmt: skip
_TRANSLATIONS = tuple((f" {name} ", re.compile(pattern, re.IGNORECASE)) for name, pattern in _NAMES.items())
_NAMED = re.compile(r"^(?P<name>.*?)[\s.,(]*(?P<version>[1-4]\.[0-5])\b(?P<tail>.*)$")
_CODE = re.compile(r"\bCC[ -](?P<elements>BY(?:-NC)?(?:-ND|-SA)?) (?P<version>[1-4]\.[0-5])\s*$")
_ZERO = re.compile(r"^(?:creative commons\W+)?CC0 1\.0(?:\s+\w+)?$", re.IGNORECASE)
_LICENCE = re.compile(
    r"\b(?:creative\s*commons|legal code|deed|public|licen[sc]e|licencia|licenza|licença|lizenz|ترخيص|pública|publique|pubblica)\b",
    re.IGNORECASE,
)
# Ports that SPDX lists, by the words that stand behind the version.
_PORTS = {
    "IGO": r"\b(?:igo|oig|organismos|organizations?)\b|لفائدة المنظمات", "Germany": r"germany|deutschland", "Austria": r"austria|österreich",
    "Australia": r"australia", "Netherlands": r"netherlands|nederland", "USA": r"united states|\bus\b", "UK": r"england", "France": r"france",
    "Japan": r"japan|日本",
}  # fmt: skip
_KANA = re.compile(r"[\u30a0-\u30ff]{4}")


@lru_cache(maxsize=4096)
def licence_of_heading(heading: str) -> str | None:
    """SPDX identifier of the licence whose name a heading is, with nothing else in it; None for any other heading."""
    if _ZERO.match(heading.strip()):
        return "CC0-1.0"
    if code := _CODE.search(heading):
        return creative_commons(f"CC {code['elements']} {code['version']}")
    if not (found := _NAMED.match(heading)):
        return None
    name = found["name"]
    for english, pattern in _TRANSLATIONS:
        name = pattern.sub(english, name)
    name = re.sub(r"[^\w\s]+", " ", _LICENCE.sub(" ", name))
    if not re.search(r"\bAttribution\b", name):
        return None
    port = next((port for port, pattern in _PORTS.items() if re.search(pattern, found["tail"], re.IGNORECASE)), "")
    if not port and _KANA.search(heading) and found["version"] == "2.1":  # of this version there were ports alone
        port = "Japan"
    return creative_commons(f"{' '.join(name.split())} {found['version']} {port}".strip())
