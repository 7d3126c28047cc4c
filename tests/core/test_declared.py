"""Declared licences: what a name, a list, a classifier or an address says, and what says too little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.licences.declared import expression, licensing, understand

# As hubs, package indexes, distributions and build tools write them.
SAID = [
    ("cc-by-nc-4.0", "CC-BY-NC-4.0"),
    ("openrail", "LicenseRef-OpenRAIL"),
    ("llama3.1", "LicenseRef-scancode-llama-3.1-license-2024"),
    ("llama2", "LicenseRef-scancode-llama-2-license-2023"),
    ("llama3", "LicenseRef-Llama-3"),
    ("gemma", "LicenseRef-scancode-gemma-tou-2024-04-01"),
    ("creativeml-openrail-m", "LicenseRef-scancode-stable-diffusion-2022-08-22"),
    ("openrail++", "LicenseRef-CreativeML-OpenRAIL-PP-M"),
    ("bigcode-openrail-m", "LicenseRef-scancode-bigcode-open-rail-m-v1"),
    ("c-uda", "C-UDA-1.0"),
    ("odbl", "ODbL-1.0"),
    ("odc-by", "ODC-By-1.0"),
    ("pddl", "PDDL-1.0"),
    ("etalab-2.0", "etalab-2.0"),
    ("lgpl-lr", "LGPLLR"),
    ("wtfpl", "WTFPL"),
    ("ms-pl", "MS-PL"),
    ("ofl-1.1", "OFL-1.1"),
    ("eupl-1.2", "EUPL-1.2"),
    ("cc-by-sa-3.0", "CC-BY-SA-3.0"),
    ("bsl-1.0", "BSL-1.0"),
    ("agpl-3.0", "AGPL-3.0-only"),
    ("lgpl-3.0", "LGPL-3.0-only"),
    ("unlicense", "Unlicense"),
    ("cc0-1.0", "CC0-1.0"),
    ("cdla-permissive-2.0", "CDLA-Permissive-2.0"),
    ("Llama 3.2 Community License", "LicenseRef-scancode-llama-3.2-license-2024"),
    ("Gemma Terms of Use", "LicenseRef-scancode-gemma-tou-2024-04-01"),
    ("apple-amlr", "LicenseRef-Apple-AMLR"),
    ("open-mdw", "OpenMDW-1.0"),
    ("License :: OSI Approved :: MIT License", "MIT"),
    ("License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
    ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", "GPL-2.0-only"),
    ("License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"),
    ("License :: OSI Approved :: GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"),
    ("License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
    ("License :: OSI Approved :: ISC License (ISCL)", "ISC"),
    ("License :: OSI Approved :: Python Software Foundation License", "PSF-2.0"),
    ("License :: OSI Approved :: The Unlicense (Unlicense)", "Unlicense"),
    ("License :: OSI Approved :: MIT No Attribution License (MIT-0)", "MIT-0"),
    ("License :: OSI Approved :: Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"),
    ("License :: OSI Approved :: European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"),
    ("License :: OSI Approved :: Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0"),
    ("License :: OSI Approved :: Historical Permission Notice and Disclaimer (HPND)", "HPND"),
    ("License :: OSI Approved :: zlib/libpng License", "Zlib"),
    ("License :: OSI Approved :: Universal Permissive License (UPL)", "UPL-1.0"),
    ("License :: OSI Approved :: University of Illinois/NCSA Open Source License", "NCSA"),
    ("License :: OSI Approved :: W3C License", "W3C"),
    ("License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"),
    ("License :: OSI Approved :: Common Development and Distribution License 1.0 (CDDL-1.0)", "CDDL-1.0"),
    ("License :: OSI Approved :: Mulan Permissive Software License v2 (MulanPSL-2.0)", "MulanPSL-2.0"),
    ("License :: OSI Approved :: SIL Open Font License 1.1 (OFL-1.1)", "OFL-1.1"),
    ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
    ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
    ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
    ("(MIT OR GPL-3.0)", "MIT OR GPL-3.0-only"),
    ("BSD-3-Clause", "BSD-3-Clause"),
    ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
    ("Apache-2.0 / MIT", "Apache-2.0 OR MIT"),
    ("MIT, Apache-2.0", "MIT AND Apache-2.0"),
    ("Apache 2", "Apache-2.0"),
    ("Apache2", "Apache-2.0"),
    ("Apache License v2", "Apache-2.0"),
    ("APACHE-2", "Apache-2.0"),
    ("MIT X11", "X11"),
    ("BSD-2-Clause OR MIT OR Apache-2.0", "BSD-2-Clause OR MIT OR Apache-2.0"),
    ("GPL-3.0", "GPL-3.0-only"),
    ("GPL-3.0+", "GPL-3.0-or-later"),
    ("LGPL-2.1+", "LGPL-2.1-or-later"),
    ("GPL v3+", "GPL-3.0-or-later"),
    ("GPLv2 or later", "GPL-2.0-or-later"),
    ("GPLv2+", "GPL-2.0-or-later"),
    ("GPL2", "GPL-2.0-only"),
    ("GPL (>= 2)", "GPL-2.0-or-later"),
    ("GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only"),
    ("LGPL (>= 2.1)", "LGPL-2.1-or-later"),
    ("GPL (>=2)", "GPL-2.0-or-later"),
    ("MIT + file LICENSE", "MIT"),
    ("BSD_3_clause + file LICENSE", "BSD-3-Clause"),
    ("BSD_2_clause + file LICENCE", "BSD-2-Clause"),
    ("GPL (>= 2) | file LICENSE", "GPL-2.0-or-later"),
    ("CC0", "CC0-1.0"),
    ("CC BY 4.0", "CC-BY-4.0"),
    ("Artistic-2.0", "Artistic-2.0"),
    ("AGPL-3 | file LICENSE", "AGPL-3.0-only"),
    ("GNU General Public License version 2 or any later version", "GPL-2.0-or-later"),
    ("GNU GPL 3", "GPL-3.0-only"),
    ("GNU Lesser General Public License, version 2.1", "LGPL-2.1-only"),
    ("GNU LGPL v3 or later", "LGPL-3.0-or-later"),
    ("GPL-2+", "GPL-2.0-or-later"),
    ("GPL-2+ or Artistic-1", "GPL-2.0-or-later OR Artistic-1.0"),
    ("GPL-2+ or MIT", "GPL-2.0-or-later OR MIT"),
    ("GPL-2 with Classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("GPL-2.0 with Classpath Exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("version 3 of the GNU GPL", "GPL-3.0-only"),
    ("GFDL-1.3+", "GFDL-1.3-or-later"),
    ("GPLv2 and LGPLv2+", "GPL-2.0-only AND LGPL-2.0-or-later"),
    ("GPLv2, GPLv3", "GPL-2.0-only AND GPL-3.0-only"),
    ("dual MIT/GPLv2", "MIT OR GPL-2.0-only"),
    ("Dual licensed under the MIT and GPLv3 licenses", "MIT OR GPL-3.0-only"),
    ("GNU General Public License, version 2 (GPL-2.0) or any later version", "GPL-2.0-or-later"),
    ("GPL v2 only", "GPL-2.0-only"),
    ("perl_5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("apache_2_0", "Apache-2.0"),
    ("artistic_2", "Artistic-2.0"),
    ("gpl_3", "GPL-3.0-only"),
    ("lgpl_2_1", "LGPL-2.1-only"),
    ("mozilla_1_1", "MPL-1.1"),
    ("same terms as Perl itself", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("ASL 2.0", "Apache-2.0"),
    ("MPLv1.1", "MPL-1.1"),
    ("MPLv2.0", "MPL-2.0"),
    ("Expat", "MIT"),
    ("LGPLv2+", "LGPL-2.0-or-later"),
    ("(GPLv2+ or MIT) and BSD-3-Clause", "(GPL-2.0-or-later OR MIT) AND BSD-3-Clause"),
    ("zlib", "Zlib"),
    ("BSD-3-clause", "BSD-3-Clause"),
    ("Boost", "BSL-1.0"),
    ("The Apache Software License, Version 2.0", "Apache-2.0"),
    ("Apache License, Version 2.0", "Apache-2.0"),
    ("Eclipse Public License - v 1.0", "EPL-1.0"),
    ("The MIT License", "MIT"),
    ("New BSD License", "BSD-3-Clause"),
    ("The BSD 3-Clause License", "BSD-3-Clause"),
    ("3-Clause BSD License", "BSD-3-Clause"),
    ('BSD 3-clause "New" or "Revised" License', "BSD-3-Clause"),
    ("CDDL 1.1", "CDDL-1.1"),
    ("EDL 1.0", "BSD-3-Clause"),
    ("Eclipse Distribution License - v 1.0", "BSD-3-Clause"),
    ("Mozilla Public License, Version 2.0", "MPL-2.0"),
    ("LGPL, version 2.1", "LGPL-2.1-only"),
    ("Simplified BSD", "BSD-2-Clause"),
    ("BSD License (3-clause)", "BSD-3-Clause"),
    ("BSD (3-clause)", "BSD-3-Clause"),
    ("MIT License (MIT)", "MIT"),
    ("Apache License 2.0 (Apache-2.0)", "Apache-2.0"),
    ("CC BY-NC-SA 4.0 International", "CC-BY-NC-SA-4.0"),
    ("Creative Commons Attribution-NonCommercial-NoDerivs 3.0 Unported", "CC-BY-NC-ND-3.0"),
    ("CC BY-SA 3.0 ES", "CC-BY-SA-3.0"),
    ("CC BY 3.0 DE", "CC-BY-3.0-DE"),
    ("CC BY-SA 3.0 Deutschland", "CC-BY-SA-3.0-DE"),
    ("CC-BY-3.0-IGO", "CC-BY-3.0-IGO"),
    ("CC BY-NC-ND 3.0 IGO", "CC-BY-NC-ND-3.0-IGO"),
    (
        "Namensnennung - Nicht-kommerziell - Weitergabe unter gleichen Bedingungen 4.0 International (CC BY-NC-SA 4.0)",
        "CC-BY-NC-SA-4.0",
    ),
    ("Attribution - Pas d’Utilisation Commerciale - Partage dans les Mêmes Conditions 4.0 International", "CC-BY-NC-SA-4.0"),
    ("Reconocimiento-NoComercial-SinObraDerivada 4.0 Internacional", "CC-BY-NC-ND-4.0"),
    ("Atribución-CompartirIgual 4.0", "CC-BY-SA-4.0"),
    ("Attribuzione - Non commerciale - Condividi allo stesso modo 4.0 Internazionale", "CC-BY-NC-SA-4.0"),
    ("Atribuição-NãoComercial 4.0 Internacional", "CC-BY-NC-4.0"),
    ("Naamsvermelding-GelijkDelen 4.0 Internationaal", "CC-BY-SA-4.0"),
    ("Uznanie autorstwa-Użycie niekomercyjne 4.0", "CC-BY-NC-4.0"),
    ("表示-継承 4.0 国際", "CC-BY-SA-4.0"),
    ("署名-非商业性使用-相同方式共享 4.0 国际", "CC-BY-NC-SA-4.0"),
    ("cc by 4", "CC-BY-4.0"),
    ("CC-BY-NC-SA_4.0", "CC-BY-NC-SA-4.0"),
    ("CCBY 4.0", "CC-BY-4.0"),
    ("CC0 1.0 Universal", "CC0-1.0"),
    ("CC Zero", "CC0-1.0"),
    ("CC BY 3.0 / CC BY 4.0", "CC-BY-3.0 OR CC-BY-4.0"),
    ("Creative Commons Attribution 4.0 International Public License", "CC-BY-4.0"),
    ("Attribution 4.0 International (CC BY 4.0)", "CC-BY-4.0"),
    ("CC BY NC 4.0", "CC-BY-NC-4.0"),
    ("CC-BY-NC-4.0 International", "CC-BY-NC-4.0"),
    ("Creative Commons BY 4.0 and MIT", "CC-BY-4.0 AND MIT"),
    ("https://creativecommons.org/licenses/by-nc/4.0/deed.de", "CC-BY-NC-4.0"),
    ("http://www.creativecommons.org/licenses/by-sa/3.0/de/legalcode", "CC-BY-SA-3.0-DE"),
    ("creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
    ("https://creativecommons.org/publicdomain/zero/1.0/legalcode.fr", "CC0-1.0"),
    ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
    ("https://www.gnu.org/licenses/gpl-3.0.en.html", "GPL-3.0-only"),
    ("http://www.gnu.org/licenses/old-licenses/gpl-2.0.txt", "GPL-2.0-only"),
    ("http://www.opensource.org/licenses/mit-license.php", "MIT"),
    ("https://opensource.org/license/mit/", "MIT"),
    ("https://opensource.org/license/apache-2-0", "Apache-2.0"),
    ("https://opensource.org/licenses/BSD-3-Clause", "BSD-3-Clause"),
    ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
    ("https://www.mozilla.org/en-US/MPL/2.0/", "MPL-2.0"),
    ("https://www.eclipse.org/legal/epl-v10.html", "EPL-1.0"),
    ("https://www.eclipse.org/legal/epl-2.0/", "EPL-2.0"),
    ("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"),
    ("https://spdx.org/licenses/MIT.html", "MIT"),
    ("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "OGL-UK-3.0"),
    ("https://cdla.dev/permissive-2-0/", "CDLA-Permissive-2.0"),
    ("MIT License (https://example.org/LICENSE)", "MIT"),
    ("CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)", "CC-BY-4.0"),
    ("https://www.gnu.org/licenses/lgpl-2.1.html", "LGPL-2.1-only"),
    ("License: MIT", "MIT"),
    ("X11", "X11"),
    ("ISC", "ISC"),
    ("PSF", "PSF-2.0"),
    ("Python-2.0", "Python-2.0"),
    ('BSD 2-Clause "Simplified" License', "BSD-2-Clause"),
    ("BSD-3", "BSD-3-Clause"),
    ("3-clause BSD", "BSD-3-Clause"),
    ("BSD3", "BSD-3-Clause"),
    ("ODbL v1.0", "ODbL-1.0"),
    ("Open Database License (ODbL)", "ODbL-1.0"),
    ("Open Data Commons Attribution License", "ODC-By-1.0"),
    ("Open Government Licence v3.0", "OGL-UK-3.0"),
    ("Datenlizenz Deutschland Namensnennung 2.0", "DL-DE-BY-2.0"),
    ("Licence Ouverte 2.0", "etalab-2.0"),
    ("Affero GPL v3", "AGPL-3.0-only"),
    ("MIT AND (Apache-2.0 OR BSD-2-Clause)", "MIT AND (Apache-2.0 OR BSD-2-Clause)"),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
]
# Families, versions left open, words about licences, conflicts between a name and its address.
UNSAID = [
    "gfdl",
    "cc",
    "other",
    "unknown",
    "License :: OSI Approved :: BSD License",
    "License :: OSI Approved",
    "License :: OSI Approved :: Apache Software License",
    "License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)",
    "License :: OSI Approved :: GNU General Public License (GPL)",
    "License :: OSI Approved :: Artistic License",
    "License :: OSI Approved :: Academic Free License (AFL)",
    "License :: OSI Approved :: Zope Public License",
    "License :: Other/Proprietary License",
    "License :: Public Domain",
    "License :: Free for non-commercial use",
    "License :: Freely Distributable",
    "SEE LICENSE IN LICENSE.md",
    "UNLICENSED",
    "MIT*",
    "SIL Open Font License",
    "Common Development and Distribution License (CDDL)",
    "BSD",
    "MIT and BSD",
    "Apache-2.0 OR",
    "LGPL",
    "GPL",
    "GNU GPL",
    "LGPL-2.1+ with OpenSSL exception",
    "GPL-4.0",
    "GPL 2.1",
    "LGPL (>= 2.0, < 3)",
    "bsd",
    "open_source",
    "restricted",
    "Public Domain",
    "OFL",
    "EPL",
    "AFL",
    "GNU Lesser General Public License",
    "BSD style",
    "BSD-style license",
    "MIT-style",
    "MIT (with exceptions)",
    "Apache 2.0 with modifications",
    "MIT with attribution",
    "not MIT",
    "Not licensed under the MIT License",
    "CC-BY",
    "CC BY-SA",
    "Creative Commons",
    "CC BY 4.0 except logos",
    "CC-BY-ND-SA-4.0",
    "CC BY 5.0",
    "https://creativecommons.org/licenses/",
    "https://www.gnu.org/copyleft/gpl.html",
    "http://opensource.org/licenses/bsd-license.php",
    "https://github.com/x/y/blob/master/LICENSE",
    "CC BY 4.0 (https://creativecommons.org/licenses/by-nc/4.0/)",
    "License :: Other",
    "proprietary",
    "Proprietary",
    "Commercial",
    "Copyright 2020 Foo Inc. All rights reserved.",
    "All rights reserved",
    "see LICENSE file",
    "LICENSE",
    "None",
    "N/A",
    "TBD",
    "free",
    "Freeware",
    "Open Source",
    "open data",
    "Research Only",
    "public",
    "Apache",
    "Apache-style",
    "2.0",
    "v3",
    "Mozilla Public License",
]
LISTED = sorted(name for name in licensing().known_symbols if expression(name) == name)


@pytest.mark.parametrize(("statement", "meaning"), SAID)
def test_what_is_said_is_understood(statement: str, meaning: str) -> None:
    assert understand(statement) == meaning


@pytest.mark.parametrize("statement", UNSAID)
def test_what_says_too_little_stays_not_understood(statement: str) -> None:
    assert understand(statement) is None


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error_into_an_expression_or_nothing(text: str) -> None:
    meaning = understand(text)
    assert meaning is None or expression(meaning) == meaning


@given(
    st.lists(
        st.sampled_from(["MIT", "(", ")", "or", "and", "/", ",", "GPL", "2", "+", "with", "CC", "BY", "4.0", "License", "v3"]),
        max_size=40,
    )
)
def test_any_row_of_licence_words_is_read_into_an_expression_or_nothing(words: list[str]) -> None:
    meaning = understand(" ".join(words))
    assert meaning is None or expression(meaning) == meaning


@given(st.sampled_from(LISTED))
def test_a_listed_identifier_is_understood_in_any_case(name: str) -> None:
    assert understand(name) == understand(name.lower()) == understand(f" {name.upper()} ") == name


@given(st.sampled_from(["MIT", "GPLv2+", "CC BY 4.0", "Apache 2"]), st.sampled_from(["MPL-2.0", "ISC", "LGPL (>= 2.1)"]))
def test_a_slash_is_a_choice_and_a_comma_is_none(one: str, other: str) -> None:
    assert understand(f"{one} / {other}") == f"{understand(one)} OR {understand(other)}"
    assert understand(f"{one}, {other}") == f"{understand(one)} AND {understand(other)}"


@pytest.mark.parametrize("unclear", ["MIT License or ISC and Zlib", "MIT / ISC; Zlib"])
def test_a_choice_beside_a_sum_needs_brackets(unclear: str) -> None:
    assert understand(unclear) is None


@pytest.mark.parametrize(
    "family", ["GPL", "LGPL", "BSD", "Apache", "MPL", "EPL", "CC BY", "CC-BY-NC-SA", "GFDL", "EUPL", "CDDL", "AFL", "OSL", "ZPL"]
)
@pytest.mark.parametrize(
    "spelling", ["{}", "{} License", "the {} licence", "Licensed under the {}", "License :: OSI Approved :: {}"]
)
def test_no_version_is_guessed_for_a_family(family: str, spelling: str) -> None:
    assert understand(spelling.format(family)) is None


@pytest.mark.parametrize("count", [40, 149])
def test_brackets_without_end_are_no_trouble(count: int) -> None:
    assert understand("(" * count + "MIT" + ")" * (count - 1)) in (None, "MIT")
