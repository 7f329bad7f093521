"""Who was asked, and who answered: kept encrypted in the private root, told only in counts of many.

vault = open_vault(folder, key_file)
people = People(vault)
one = people.add(Asked(sector="civil-society", region="404", language="sw", channel="meeting", people=12, ...))
rows = report(people.all(), observatory, "en")
"""

from dgekg.outreach.counting import LEAST, LEAST_PROTECTED
from dgekg.outreach.people import CHANNELS, Asked, People
from dgekg.outreach.vault import FOLDER, Vault, add_key, of_key_file, of_passphrase

__all__ = [
    "CHANNELS",
    "FOLDER",
    "LEAST",
    "LEAST_PROTECTED",
    "Asked",
    "People",
    "Vault",
    "add_key",
    "of_key_file",
    "of_passphrase",
]
