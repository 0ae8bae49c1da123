"""The texts of the notices about cases in Italian and Portuguese."""

from collections.abc import Mapping

from sieve_manager.application.case_notice_wording import Wording
from sieve_manager.application.case_notices import NoticeKind

IT: Mapping[NoticeKind, Wording] = {
    NoticeKind.OWNER: Wording(
        subject="Qualcuno ha modificato la Sua casella di posta",
        subject_of_many="Qualcuno ha modificato più volte la Sua casella di posta",
        intro="La Sua casella di posta {mailbox} è stata modificata da qualcun altro.",
        item=(
            "{day}: {action}\nDa parte di: {who}\nI messaggi vanno a: {destinations}\nFino al: "
            "{last_day}\nTicket: {ticket}\nMotivo: {reason}"
        ),
        outro=(
            "Se ha domande, si rivolga all'assistenza. Tutto ciò che è stato fatto si vede su "
            "{url}/audit."
        ),
    ),
    NoticeKind.DESTINATION: Wording(
        subject="Ora riceve i messaggi per {leaver}",
        subject_of_many="Ora riceve i messaggi per più persone",
        intro="D'ora in poi riceve messaggi che non sono indirizzati a Lei.",
        item=(
            "I messaggi per {leaver} ({mailbox}) vengono inoltrati a {destination}.\nFino al: "
            "{last_day}\nImpostato da: {who}\nSe non lo desidera, lo dica qui: {link}"
        ),
        outro=(
            "Il link avvisa l'assistenza; da solo non cambia nulla. È valido per {link_days} "
            "giorni."
        ),
    ),
    NoticeKind.REMINDER: Wording(
        subject="Il caso di {leaver} termina il {last_day}",
        subject_of_many="Più casi terminano presto",
        intro="Ha aperto questi casi per persone che sono andate via. Terminano presto.",
        item=(
            "{leaver} ({mailbox})\nUltimo giorno: {last_day}\nI messaggi vanno a: "
            "{destinations}\nTicket: {ticket}\nPer prolungarlo: {case_url}/change"
        ),
        outro="Per lasciar terminare un caso non faccia nulla: termina da solo l'ultimo giorno.",
    ),
    NoticeKind.ENDED: Wording(
        subject="Il caso di {leaver} è terminato",
        subject_of_many="Più casi sono terminati",
        intro="Questi casi, aperti da Lei, sono terminati. Ciò che avevano aggiunto è stato tolto.",
        item=(
            "{leaver} ({mailbox})\nUltimo giorno: {last_day}\nTicket: {ticket}\nNota: {problem}\n"
            "Il caso: {case_url}"
        ),
        outro="Non deve fare nulla.",
    ),
    NoticeKind.FAILED: Wording(
        subject="Non è stato possibile ripulire il caso di {leaver}",
        subject_of_many="Non è stato possibile ripulire più casi",
        intro=(
            "Questi casi, aperti da Lei, sono finiti, ma ciò che avevano aggiunto non si è "
            "potuto togliere."
        ),
        item=(
            "{leaver} ({mailbox})\nUltimo giorno: {last_day}\nTicket: {ticket}\nChe cosa è "
            "successo: {problem}\nIl caso: {case_url}"
        ),
        outro="Si riprova regolarmente. La pagina del caso mostra che cosa aiuta.",
    ),
    NoticeKind.UNWANTED: Wording(
        subject="{destination} non vuole i messaggi per {leaver}",
        subject_of_many="Qualcuno non vuole i messaggi inoltrati",
        intro=(
            "Qualcuno a cui un caso aperto da Lei inoltra messaggi non li vuole. Nulla è stato "
            "modificato."
        ),
        item=(
            "{destination} non vuole i messaggi per {leaver} ({mailbox}).\nTicket: {ticket}\nIl "
            "caso: {case_url}"
        ),
        outro="Ne parli con l'interessato e modifichi o termini il caso.",
    ),
    NoticeKind.LAPSED: Wording(
        subject="Nessuno ha approvato il caso di {leaver}",
        subject_of_many="Nessuno ha approvato diversi casi",
        intro=(
            "Nessuno ha approvato in tempo questi casi, che Lei ha richiesto. Non è stato scritto "
            "nulla."
        ),
        item=(
            "{leaver} ({mailbox})\nLa posta sarebbe andata a: {destinations}\nTicket: {ticket}\n"
            "Il caso: {case_url}"
        ),
        outro="Se un caso serve ancora, lo richieda di nuovo.",
    ),
    NoticeKind.REFUSED: Wording(
        subject="Il caso di {leaver} è stato rifiutato",
        subject_of_many="Diversi casi sono stati rifiutati",
        intro=(
            "Qualcuno ha rifiutato o ritirato questi casi, che Lei ha richiesto. Non è stato "
            "scritto nulla."
        ),
        item=(
            "{leaver} ({mailbox})\nLa posta sarebbe andata a: {destinations}\nDa: {who}\nMotivo: "
            "{problem}\nTicket: {ticket}\nIl caso: {case_url}"
        ),
        outro="Se un caso serve ancora, ne parli con questa persona e lo richieda di nuovo.",
    ),
    NoticeKind.LOST: Wording(
        subject="La casella di {leaver} non si può più leggere",
        subject_of_many="Più caselle non si possono più leggere",
        intro=(
            "I casi aperti da Lei per queste caselle sono ancora in corso, ma all'ultimo "
            "esame di tutte le caselle il server di posta non ha lasciato entrare nessuno, "
            "oppure non erano più nella rubrica."
        ),
        item=(
            "{leaver} ({mailbox})\nUltimo giorno: {last_day}\nTicket: {ticket}\nIl caso: {case_url}"
        ),
        outro=(
            "Una casella eliminata non inoltra alcun messaggio. La pagina del caso mostra "
            "che cosa aiuta."
        ),
    ),
}
PT: Mapping[NoticeKind, Wording] = {
    NoticeKind.OWNER: Wording(
        subject="Alguém alterou algo na sua caixa de correio",
        subject_of_many="Alguém alterou várias vezes a sua caixa de correio",
        intro="A sua caixa de correio {mailbox} foi alterada por outra pessoa.",
        item=(
            "{day}: {action}\nPor: {who}\nAs mensagens vão para: {destinations}\nAté: "
            "{last_day}\nTicket: {ticket}\nMotivo: {reason}"
        ),
        outro=(
            "Se tiver perguntas, dirija-se ao seu apoio informático. Tudo o que foi feito vê-se "
            "em {url}/audit."
        ),
    ),
    NoticeKind.DESTINATION: Wording(
        subject="Recebe agora as mensagens de {leaver}",
        subject_of_many="Recebe agora as mensagens de várias pessoas",
        intro="A partir de agora recebe mensagens que não lhe são dirigidas.",
        item=(
            "As mensagens para {leaver} ({mailbox}) são reencaminhadas para {destination}.\nAté: "
            "{last_day}\nConfigurado por: {who}\nSe não o deseja, diga-o aqui: {link}"
        ),
        outro=(
            "A ligação avisa o apoio informático; por si só não altera nada. É válida durante "
            "{link_days} dias."
        ),
    ),
    NoticeKind.REMINDER: Wording(
        subject="O caso de {leaver} termina em {last_day}",
        subject_of_many="Vários casos terminam em breve",
        intro="Abriu estes casos para pessoas que saíram. Terminam em breve.",
        item=(
            "{leaver} ({mailbox})\nÚltimo dia: {last_day}\nAs mensagens vão para: "
            "{destinations}\nTicket: {ticket}\nPara o prolongar: {case_url}/change"
        ),
        outro="Para deixar um caso terminar, não faça nada: termina por si no último dia.",
    ),
    NoticeKind.ENDED: Wording(
        subject="O caso de {leaver} terminou",
        subject_of_many="Vários casos terminaram",
        intro="Estes casos, abertos por si, terminaram. O que tinham acrescentado foi retirado.",
        item=(
            "{leaver} ({mailbox})\nÚltimo dia: {last_day}\nTicket: {ticket}\nNota: {problem}\nO "
            "caso: {case_url}"
        ),
        outro="Não precisa de fazer nada.",
    ),
    NoticeKind.FAILED: Wording(
        subject="Não foi possível limpar o caso de {leaver}",
        subject_of_many="Não foi possível limpar vários casos",
        intro=(
            "Estes casos, abertos por si, acabaram, mas o que tinham acrescentado não pôde ser "
            "retirado."
        ),
        item=(
            "{leaver} ({mailbox})\nÚltimo dia: {last_day}\nTicket: {ticket}\nO que aconteceu: "
            "{problem}\nO caso: {case_url}"
        ),
        outro="Volta-se a tentar regularmente. A página do caso mostra o que ajuda.",
    ),
    NoticeKind.UNWANTED: Wording(
        subject="{destination} não quer as mensagens de {leaver}",
        subject_of_many="Alguém não quer as mensagens reencaminhadas",
        intro=(
            "Alguém para quem um caso aberto por si reencaminha mensagens não as quer. Nada foi "
            "alterado."
        ),
        item=(
            "{destination} não quer as mensagens para {leaver} ({mailbox}).\nTicket: {ticket}\nO "
            "caso: {case_url}"
        ),
        outro="Fale com essa pessoa e altere ou termine o caso.",
    ),
    NoticeKind.LAPSED: Wording(
        subject="Ninguém aprovou o caso de {leaver}",
        subject_of_many="Ninguém aprovou vários casos",
        intro="Ninguém aprovou a tempo estes casos, que pediu. Nada foi escrito.",
        item=(
            "{leaver} ({mailbox})\nO correio teria ido para: {destinations}\nTicket: {ticket}\nO "
            "caso: {case_url}"
        ),
        outro="Se um caso ainda for necessário, peça-o de novo.",
    ),
    NoticeKind.REFUSED: Wording(
        subject="O caso de {leaver} foi recusado",
        subject_of_many="Vários casos foram recusados",
        intro="Alguém recusou ou retirou estes casos, que pediu. Nada foi escrito.",
        item=(
            "{leaver} ({mailbox})\nO correio teria ido para: {destinations}\nPor: {who}\nMotivo: "
            "{problem}\nTicket: {ticket}\nO caso: {case_url}"
        ),
        outro="Se um caso ainda for necessário, fale com essa pessoa e peça-o de novo.",
    ),
    NoticeKind.LOST: Wording(
        subject="A caixa de {leaver} já não pode ser lida",
        subject_of_many="Várias caixas já não podem ser lidas",
        intro=(
            "Os casos abertos por si para estas caixas ainda decorrem, mas na última "
            "passagem por todas as caixas o servidor de correio não deixou entrar ninguém, "
            "ou já não estavam no diretório."
        ),
        item=("{leaver} ({mailbox})\nÚltimo dia: {last_day}\nTicket: {ticket}\nO caso: {case_url}"),
        outro=(
            "Uma caixa eliminada não reencaminha nenhuma mensagem. A página do caso mostra "
            "o que ajuda."
        ),
    ),
}
