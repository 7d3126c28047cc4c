"""Words that say whether a number is somebody's telephone number, in the languages that there are regions for."""


def _words(listed: str) -> tuple[str, ...]:
    return tuple(" ".join(each.split()) for each in listed.split(","))


# Beside one of them digits are a telephone number, though no region may have such a one.
WORDS = _words(
    """
    call, cell, cellphone, dial, fax, hotline, mob, mobile, phone, phones, ph, sms, tel, telephone, telfax, text me, whatsapp,
    landline, answering, ring, rings, contact number, helpline, telefon, telefonnummer, telefonnr,
    tel.-nr, telnr, handy, handynummer, handynr, mobil, mobilnummer, mobilnr, mobiltelefon, rufnummer, mobilfunk,
    mobilfunknummer, festnetz, festnetznummer, durchwahl, anrufen, zurückrufen, telefax, telefaxnummer, faxnummer, faxnr,
    telefonisch, rückruf, rückrufnummer, notrufnummer, telefonnummern, natel, téléphone, téléphones, telephoner, téléphoner,
    téléphonique, tél, portable, portables, mobiles, télécopie, télécopieur, appeler, appelez, rappeler, rappelez, numéro de
    téléphone, gsm, cellulaire, numéro de portable, teléfono, teléfonos, telefono, telefonos, telf, tfno, tlf, tfn, tlfno,
    móvil, movil, móviles, celular, celulares, fijo, llamar, llame, llamen, llámenme, llámeme, llamada, telefónico,
    telefónica, fono, nº de contacto, cellulare, cellulari, telefonare, telefonico, telefonica, telefonicamente, chiamare,
    chiamatemi, chiami, fisso, recapito telefonico, numero di telefono, rete fissa, utenza telefonica, telefonu, telefonem,
    telefony, telefonicznie, telefoniczny, telefonicznego, komórka, komórki, komórkę, komórkowy, komórkowego, kom, faks,
    faksem, faksu, zadzwoń, zadzwonić, dzwonić, oddzwonić, oddzwonienie, stacjonarny, telefoon, telefoonnummer, telefoonnr,
    telefoonnummers, mobiele, mobiel, mobieltje, mobiel nummer, 06-nummer, gsm-nummer, gsmnummer, vaste lijn, bellen, bel,
    terugbellen, telefone, telefones, telemóvel, telemovel, telemóveis, ligar, ligue, liguem, telefônico, telefonema, contacto
    telefónico, contato, contato telefônico, zap, telefonar, número de celular, reach me, reach you, reach us, reached at,
    reached on, called at, called on, contacted on, contacted at
    """
)
# Right before a number they speak for it where it is valid in a region of the language, with separators or without.
WEAK = _words(
    """
    contact, reachable, number, desk, direct, messages, emergency, nummer, erreichen, erreichbar, kontakt, privat, dienstlich,
    geschäftlich, zuhause, notfall, joindre, joignable, rappelle, numéro, domicile, bureau, travail, urgence, contacter, avec
    le, contacto, contactar, localizar, localizarme, localizable, casa, trabajo, oficina, número, urgencias, contatto,
    recapito, recapiti, raggiungibile, trovate, richiamare, richiamata, richiamato, richiamarmi, numero, ufficio, lavoro,
    kontakcie, kontaktowy, numerem, numer, dom, domowy, praca, pracy, służbowy, prywatny, bereiken, bereikbaar, thuis, werk,
    kantoor, privé, contactpersoon, registreerd, contactar-me, contactá-lo, contatar, trabalho, residência, escritório,
    emergência, recados
    """
)
# They speak for a number that they follow, as on a visiting card, but not for what comes after them.
FOLLOWING = _words(
    """
    office, work, home, direct, main, büro, privat, bureau, domicile, oficina, casa, ufficio, kantoor
    """
)
# After them digits are something else.
OTHERWISE = _words(
    """
    record, record number, aadhaar, passport, policy, member, chart, hospital, reference, registration, ssn, nhs, insurance number, versichertennummer,
    ausweisnummer, steuernummer, passnummer, sozialversicherungsnummer, dni, nif, nie, nss, nhc, cpf, rg, cnh, pesel, nip, regon, bsn, insz,
    burgerservicenummer, rijksregisternummer, niss, nir, passeport, passaporto, paszport, paspoort, passaporte, pasaporte, reisepass, cédula,
    curp, rut, isbn, siret, siren, rcs, issn, doi, arxiv, pmid, pmcid, orcid, rfc, cve, bug, issue, ticket, invoice, order, serial, ip, oid, uuid, part,
    sku, item, tracking, postal, postcode, zip, plz, postleitzahl, cep, cap, patient, pacjenta, paziente, paciente, utente,
    patiënt, patienten-nr, patientennummer, fallnummer, account, konto, kontonummer, artikel, artikel-nr, artikelnummer,
    art.-nr, bestellnummer, bestellung, rechnung, rechnungsnummer, sendungsnummer, référence, réf, commande, facture, colis,
    série, referencia, pedido, factura, envío, serie, referência, ref, encomenda, fatura, articolo, ordine, fattura,
    spedizione, katalogowy, zamówienie, faktura, przesyłka, seria, bestelling, factuur, zending, zaaknummer, aktenzeichen,
    sygnatura, processo, proceso, dossier, codigo postal
    """
)
