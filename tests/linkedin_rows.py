"""What the invented member of `linkedin_archives` has in their archives: each private value has a canary in it."""

from __future__ import annotations

OWNER = "Noor Delacroix-Ito"
E_MAIL, NUMBER, OTHER_NUMBER = "canary.noor@private.example", "+33 6 55 50 10 77", "06 55 50 10 88"
# Of numbers, also the digits alone, and their end.
CANARIES = ("canary", NUMBER, "655501077", "55 50 10 77", OTHER_NUMBER, "655501088", "55 50 10 88")


# By file: its columns in English, with a star before those that are private, and in French where it is read.
COLUMNS: dict[str, tuple[list[str], list[str]]] = {
    "Profile": (
        [
            "First Name",
            "Last Name",
            "*Maiden Name",
            "*Address",
            "*Birth Date",
            "Headline",
            "Summary",
            "Industry",
            "*Zip Code",
            "Geo Location",
            "*Twitter Handles",
            "Websites",
            "*Instant Messengers",
        ],
        [
            "Prénom",
            "Nom de famille",
            "Nom de jeune fille",
            "Adresse",
            "Date de naissance",
            "Titre",
            "Résumé",
            "Secteur",
            "Code postal",
            "Lieu",
            "Identifiants Twitter",
            "Sites web",
            "Messageries instantanées",
        ],
    ),
    "Positions": (
        ["Company Name", "Title", "Description", "Location", "Started On", "Finished On"],
        ["Nom de l’entreprise", "Intitulé du poste", "Description", "Lieu", "Date de début", "Date de fin"],
    ),
    "Education": (
        ["School Name", "Start Date", "End Date", "Notes", "Degree Name", "Activities"],
        ["Nom de l’école", "Date de début", "Date de fin", "Remarques", "Nom du diplôme", "Activités"],
    ),
    "Skills": (["Name"], ["Nom"]),
    "Languages": (["Name", "Proficiency"], ["Nom", "Niveau"]),
    "Certifications": (
        ["Name", "Url", "Authority", "Started On", "Finished On", "*License Number"],
        ["Nom", "Lien", "Organisme", "Date de début", "Date de fin", "Numéro de licence"],
    ),
    "Projects": (
        ["Title", "Description", "Url", "Started On", "Finished On"],
        ["Titre", "Description", "Lien", "Date de début", "Date de fin"],
    ),
    "Publications": (
        ["Name", "Published On", "Description", "Publisher", "Url"],
        ["Nom", "Publié le", "Description", "Éditeur", "Lien"],
    ),
    "Volunteering": (
        ["Company Name", "Role", "Cause", "Started On", "Finished On", "Description"],
        ["Nom de l’organisation", "Rôle", "Cause", "Date de début", "Date de fin", "Description"],
    ),
    "Honors": (["Title", "Description", "Issued On"], ["Titre", "Description", "Délivré le"]),
    "Courses": (["Name", "Number"], ["Nom", "Numéro"]),
    "Organizations": (
        ["Name", "Position", "Description", "Started On", "Finished On"],
        ["Nom", "Poste", "Description", "Date de début", "Date de fin"],
    ),
    "Test Scores": (["Name", "Description", "Score", "Tested On"], ["Nom", "Description", "Résultat", "Passé le"]),
    "Recommendations Received": (
        ["First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status"],
        ["Prénom", "Nom", "Entreprise", "Poste", "Texte", "Date de création", "Statut"],
    ),
    "Shares": (
        ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "*MediaUrl", "Visibility"],
        ["Date", "Lien du partage", "Commentaire", "URL partagée", "URL du média", "Visibilité"],
    ),
}
PROFILE = {
    "en": [
        *("Noor", "Delacroix-Ito", "canary-maiden", "1 canary street", "canary-birthday"),
        "Hydrologist, and head of data at Rivière & Sons",
        f"I measure rivers.\nWrite to {E_MAIL} or call {NUMBER}.\n“Water”, she said, “keeps no secrets.”",
        *("Environmental Services", "canary-zip", "Nantes, France", "[canary_handle]"),
        *("[PORTFOLIO:https://noor.example/rivers,OTHER:https://code.example/noor]", "canary-messenger"),
    ],
    "fr": [
        *("Noor", "Delacroix-Ito", "canary-maiden", "1 rue canary", "canary-birthday"),
        "Hydrologue, responsable des données chez Rivière & Fils",
        f"Je mesure les rivières.\nÉcrivez à {E_MAIL} ou appelez le {OTHER_NUMBER}.\n« L’eau, dit-elle, parle. »",
        *("Services environnementaux", "canary-zip", "Nantes, France", "[canary_handle]"),
        *("[PORTFOLIO:https://noor.example/rivieres,OTHER:https://code.example/noor]", "canary-messenger"),
    ],
}
ROWS: dict[str, dict[str, list[list[str]]]] = {
    "en": {
        "Positions": [
            [
                "Rivière & Sons",
                "Head of Data",
                f"Lead five people.\n\n• Gauges, 2,400 of them\n• Tel. {OTHER_NUMBER}",
                "Nantes, France",
                "Mar 2021",
                "",
            ],
            ["Rivière & Sons", "Hydrologist", 'Built the "low water" model, in R.', "Nantes", "Sep 2016", "Feb 2021"],
            ["Basin Agency", "Intern", "", "", "2015", "2016"],
        ],
        "Education": [
            ["Delta University", "2012", "2015", "Thesis on floods.", "Master of Science, Hydrology", "Rowing club"],
            ["Lycée des Quais", "", "2010", "", "", ""],
        ],
        "Skills": [["Hydrology"], ["R"], ["Time series"], ["Hydrology"]],
        "Languages": [["French", "Native or bilingual proficiency"], ["Japanese", "Elementary proficiency"]],
        "Certifications": [
            ["Dam Safety", "https://certificates.example/dams", "Water Board", "Jun 2019", "", "canary-licence"]
        ],
        "Projects": [["Low water atlas", "A map,\nof 300 rivers.", "https://atlas.example/", "Jan 2020", "May 2021"]],
        "Publications": [
            ["On drought", "Nov 3, 2021", "What dry years share.", "River Letters", "https://letters.example/12"]
        ],
        "Volunteering": [["Clean Loire", "Diver", "Environment", "Apr 2018", "", "Two hundred tyres, so far."]],
        "Honors": [["Young Hydrologist", "Of the year.", "Dec 2020"]],
        "Courses": [["Fluid mechanics", "FM-201"]],
        "Organizations": [["Society of Gauges", "Treasurer", "", "Jan 2022", ""]],
        "Test Scores": [["TOEIC", "", "985", "Feb 2014"]],
        "Recommendations Received": [
            [
                "Ilse",
                "Marek",
                "Basin Agency",
                "Director",
                "Noor reads a river\nlike a book.",
                "11/20/19, 10:30 AM",
                "VISIBLE",
            ],
            ["Ole", "canary", "", "", "canary, who was not shown", "01/02/20, 08:00 AM", "PENDING"],
        ],
        "Shares": [
            [
                "2021-05-07 16:41:18",
                "https://posts.example/1",
                'Low water again."\n""\n"What to do?',
                "",
                "canary-media",
                "MEMBER_NETWORK",
            ],
            ["2020-04-01 12:00:00", "https://posts.example/2", "", "https://news.example/x", "canary-media", "PUBLIC"],
            ["2020-03-01 12:00:00", "https://posts.example/3", "For friends.", "", "canary-media", "CONNECTIONS"],
        ],
    },
    "fr": {
        "Positions": [
            [
                "Rivière & Fils",
                "Responsable des données",
                f"Équipe de cinq.\n\n• 2 400 stations\n• Tél. {OTHER_NUMBER}",
                "Nantes, France",
                "mars 2021",
                "",
            ],
            ["Rivière & Fils", "Hydrologue", "Le modèle « étiage », en R.", "Nantes", "sept. 2016", "févr. 2021"],
            ["Agence du bassin", "Stagiaire", "", "", "2015", "2016"],
        ],
        "Education": [
            ["Université du Delta", "2012", "2015", "Mémoire sur les crues.", "Master, hydrologie", "Club d’aviron"],
            ["Lycée des Quais", "", "2010", "", "", ""],
        ],
        "Skills": [["Hydrologie"], ["R"], ["Séries temporelles"], ["Hydrologie"]],
        "Languages": [["Français", "Compétence bilingue ou langue natale"], ["Japonais", "Notions"]],
        "Certifications": [
            [
                "Sûreté des barrages",
                "https://certificates.example/dams",
                "Office de l’eau",
                "juin 2019",
                "",
                "canary-licence",
            ]
        ],
        "Projects": [
            ["Atlas des étiages", "Une carte,\nde 300 rivières.", "https://atlas.example/", "janv. 2020", "mai 2021"]
        ],
        "Publications": [
            [
                "Sécheresses",
                "3 nov. 2021",
                "Ce qu’ont en commun les années sèches.",
                "Lettres des rivières",
                "https://letters.example/12",
            ]
        ],
        "Volunteering": [["Loire propre", "Plongeuse", "Environnement", "avr. 2018", "", "Deux cents pneus."]],
        "Honors": [["Jeune hydrologue", "De l’année.", "déc. 2020"]],
        "Courses": [["Mécanique des fluides", "FM-201"]],
        "Organizations": [["Société des jauges", "Trésorière", "", "janv. 2022", ""]],
        "Test Scores": [["TOEIC", "", "985", "févr. 2014"]],
        "Recommendations Received": [
            [
                "Ilse",
                "Marek",
                "Agence du bassin",
                "Directrice",
                "Noor lit une rivière\ncomme un livre.",
                "20 nov. 2019",
                "VISIBLE",
            ],
            ["Ole", "canary", "", "", "canary, non affiché", "2 janv. 2020", "PENDING"],
        ],
        "Shares": [
            [
                "2021-05-07 16:41:18",
                "https://posts.example/1",
                'Encore l’étiage."\n""\n"Que faire ?',
                "",
                "canary-media",
                "MEMBER_NETWORK",
            ],
            ["2020-04-01 12:00:00", "https://posts.example/2", "", "https://news.example/x", "canary-media", "PUBLIC"],
            ["2020-03-01 12:00:00", "https://posts.example/3", "Entre amis.", "", "canary-media", "CONNECTIONS"],
        ],
    },
}
_MESSAGES = [
    "CONVERSATION ID",
    "CONVERSATION TITLE",
    "FROM",
    "SENDER PROFILE URL",
    "TO",
    "RECIPIENT PROFILE URLS",
    "DATE",
    "SUBJECT",
    "CONTENT",
    "FOLDER",
]
_CONNECTIONS = ["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"]
PRIVATE: dict[str, list[str]] = {
    "messages": _MESSAGES,
    "Connections": _CONNECTIONS,
    "Email Addresses": ["Email Address", "Confirmed", "Primary", "Updated On"],
    "Registration": ["Registered At", "Registration Ip", "Subscription Types"],
}
PRIVATE_OF_COMPLETE: dict[int, dict[str, list[str]]] = {
    2019: {
        "Phone Numbers": ["Extension", "Number", "Type"],
        "Imported Contacts": ["First Name", "Last Name", "Emails", "Phone Numbers", "Title"],
        "Ad_Targeting": ["Member Age", "Company Names", "Job Titles", "Job Titles"],
        "Receipts": ["Transaction Made At", "Description", "Total Amount"],
        "Search Queries": ["Time", "Search Query"],
        "Invitations": ["From", "To", "Sent At", "Message", "Direction"],
        "Recommendations Given": ["First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status"],
        "Causes You Care About": ["Supported Cause"],
    },
    2022: {
        "PhoneNumbers": ["Extension", "Number", "Type"],
        "Ad_Targeting": ["Member Age", "Company Names", "Job Titles", "Job Titles"],
        "Ads Clicked": ["Ad clicked Date", "Ad Title/Id"],
        "Receipts_v2": ["Transaction Made At", "Description", "Total Amount"],
        "SearchQueries": ["Time", "Search Query"],
        "Inferences_about_you": ["Category", "Type of inference", "Description", "Inference"],
        "Endorsement_Received_Info": ["Endorsement Date", "Skill Name", "Endorser First Name", "Endorser Last Name"],
        "Jobs/Job Applications": ["Application Date", "Contact Email", "Contact Phone Number", "Company Name"],
    },
    2025: {
        "PhoneNumbers": ["Extension", "Number", "Type"],
        "Whatsapp Phone Numbers": ["Number", "Extension", "Is_WhatsApp_Number"],
        "Ad_Targeting": ["Member Age", "Company Names", "Job Titles", "Job Titles"],
        "LAN Ads Engagement": ["Action", "Date", "Ad Title/Id", "Page/App"],
        "Receipts_v2": ["Transaction Made At", "Description", "Total Amount"],
        "SearchQueries": ["Time", "Search Query"],
        "Inferences_about_you": ["Category", "Type of inference", "Description", "Inference"],
        "Comments_252000747": ["Date", "Link", "Message"],
        "Security Challenges": ["Challenge Date", "IP Address", "User Agent", "Country"],
        "guide_messages": _MESSAGES,
        "Services Marketplace/Providers": ["Creation Time", "Marketplace Type", "Status"],
        "Jobs/Job Applications": ["Application Date", "Contact Email", "Contact Phone Number", "Company Name"],
    },
}
