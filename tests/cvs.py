"""CVs of an invented person as extraction gives them, in English, in French, and as LinkedIn prints a profile."""

from __future__ import annotations

ENGLISH = """Noor Delacroix-Ito
Hydrologist and head of data
Nantes, France | canary.noor@private.example | +33 6 55 50 10 77

SUMMARY
I measure rivers, and I tell people what the numbers mean.

EXPERIENCE
Head of Data, Rivière & Sons, Nantes
March 2021 – Present
• Lead five people.
• Built a network of 2,400 gauges in 2022.

Hydrologist, Rivière & Sons, Nantes
Sep 2016 – Jan 2021
• Built the low water model, in R.
Call me at 06 55 50 10 88 for more.

EDUCATION
MSc Hydrology, Delta University
2012 – 2015

SKILLS
Hydrology, R, Time series

LANGUAGES
French (native), Japanese (elementary)

CERTIFICATIONS
Dam Safety, Water Board, June 2019

INTERESTS
Canary birds
"""

FRENCH = """Noor Delacroix-Ito
Hydrologue, responsable des données
Nantes, France | canary.noor@private.example | +33 6 55 50 10 77

PROFIL
Je mesure les rivières, et je dis ce que les chiffres veulent dire.

EXPÉRIENCE PROFESSIONNELLE
Responsable des données, Rivière & Fils, Nantes
mars 2021 – aujourd’hui
• Encadre cinq personnes.
• Réseau de 2 400 stations.

Hydrologue, Rivière & Fils, Nantes
sept. 2016 – janv. 2021
• Modèle d’étiage, en R.

FORMATION
Master d’hydrologie, Université du Delta
2012 – 2015

COMPÉTENCES
Hydrologie, R, Séries temporelles

LANGUES
Français : langue maternelle
Japonais : notions
"""

LINKEDIN = """Contact
canary.noor@private.example
www.linkedin.example/in/noor

Top Skills
Hydrology
R

Noor Delacroix-Ito
Hydrologist

Experience

Rivière & Sons
Head of Data
March 2021 - Present (3 years 2 months)
Nantes, France
I lead a team of five.

Page 1 of 2

Education

Delta University
Master of Science, Hydrology · (2012 - 2015)
"""
