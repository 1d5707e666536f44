"""Names of one party, and names of two, as an editor would tell them apart."""

import pytest

from factcheck.text import one_party, same_party

ONE = [
    ("Finance Ministry", "Sarvenna's Finance Ministry"),
    ("Finance Ministry", "the Finance Ministry"),
    ("Finance Ministry", "Ministry of Finance"),
    ("Ministry of Finance", "Sarvenna's Ministry of Finance"),
    ("Sarvenna's Finance Ministry", "Finance Ministry of Sarvenna"),
    ("Sarvenna's Finance Ministry", "Sarvennan Finance Ministry"),
    ("Ministry of Finance of Sarvenna", "Sarvenna’s finance ministry"),
    ("Ministry of Finance of Sarvenna", "Finance Ministry"),
    ("Ukraine's Defense Ministry", "Ukrainian Defence Ministry"),
    ("fire brigade", "Torvik fire brigade"),
    ("Torvik fire brigade", "the fire brigade of Torvik"),
    ("Torvik Fire Brigade", "Torvik's fire brigade"),
    ("council of Torvik", "Torvik's council"),
    ("council of Torvik", "Torvik council"),
    ("mayor of Torvik", "Torvik's mayor"),
    ("ISW", "Institute for the Study of War"),
    ("ISW", "the Institute for the Study of War"),
    ("I.S.W.", "Institute for the Study of War"),
    ("ISW", "Institute for the Study of War (ISW)"),
    ("Institute for the Study of War (ISW)", "Institute for the Study of War"),
    ("ICRC", "International Committee of the Red Cross"),
    ("UN", "United Nations"),
    ("SSB", "Sarvenna Statistics Office (SSB)"),
    ("AP", "Associated Press"),
    ("MoD", "Ministry of Defence"),
    ("President Volodymyr Zelensky", "Zelensky"),
    ("President Volodymyr Zelensky", "Zelensky's office"),
    ("Zelensky", "Mr. Zelensky"),
    ("Zelensky", "Ukrainian President Volodymyr Zelensky"),
    ("Zelensky", "a spokesman for Zelensky"),
    ("V. Zelensky", "Volodymyr Zelensky"),
    ("Finance Ministry", "a spokeswoman for the Finance Ministry"),
    ("Finance Ministry", "Finance Ministry spokesman Ivan Orr"),
    ("rescue worker", "Rescue workers"),
    ("farmers' union", "the Farmers' Union"),
    ("Russia's Defense Ministry", "Russian Ministry of Defense"),
    ("China's Foreign Ministry", "Chinese Foreign Ministry"),
    ("Ukrainian army", "Ukraine's army"),
    ("army of Ukraine", "Ukrainian army"),
    ("council of Sarvenna", "Sarvennan council"),
    ("EU", "European Union"),
    ("US", "United States"),
    ("IDF", "Israel Defense Forces"),
    ("Kremlin", "Kremlin spokesman Dmitry Peskov"),
    ("central bank", "Central Bank"),
    ("central bank", "Sarvenna's central bank"),
    ("Mayor Orr", "Mayor Ada Orr"),
    ("Mayor Orr", "Orr"),
    ("Deputy Mayor Jones", "Jones"),
    ("Ms. Orr", "Mayor Ada Orr"),
    ("Prime Minister Orr", "Minister Orr"),
    ("Mayor Ada Orr", "Senator Ada Orr"),
    ("Ukraine's President Zelensky", "Ukrainian President Zelensky"),
    ("George Bush", "George W. Bush"),
]
TWO = [
    ("Finance Ministry", "Defence Ministry"),
    ("Finance Ministry", "Ministry of Finance and Economy"),
    ("Information Ministry", "Ministry of Culture and Information"),
    ("Energy Ministry", "Atomic Energy Ministry"),
    ("Sarvenna's Finance Ministry", "Velden's Finance Ministry"),
    ("Ministry of Defence of Sarvenna", "Velden's Defence Ministry"),
    ("Ukraine's Defense Ministry", "Russian Defense Ministry"),
    ("Niger's Finance Ministry", "Nigerian Finance Ministry"),
    ("Austrian Finance Ministry", "Australian Finance Ministry"),
    ("Torvik police", "Velden police"),
    ("police", "Torvik police"),
    ("police in Torvik", "police in Velden"),
    ("council of Torvik", "council of Velden"),
    ("council", "council of Torvik"),
    ("officials", "Russian officials"),
    ("Ukraine", "Russia"),
    ("Ukraine", "Bank of Ukraine"),
    ("Torvik", "East Torvik"),
    ("Korea", "South Korea"),
    ("Volodymyr Zelensky", "Olena Zelensky"),
    ("Zelensky", "President Vladimir Putin"),
    ("Zelensky's office", "Putin's office"),
    ("Zelensky", "Zelensky's opponents"),
    ("Zelensky", "Zelensky's government"),
    ("ISW", "Institute of Soil and Water Research"),
    ("ISW", "ISD"),
    ("UN", "US"),
    ("FM", "Finance Ministry"),
    ("mayor of Torvik", "Mayor Ada Orr"),
    ("Jerusalem Post", "Washington Post"),
    ("ministry", "Sarvenna's ministry"),
    ("Finance Ministry", "union of Finance Ministry workers"),
    ("Russian Ministry of Defense", "Ukrainian Ministry of Defense"),
    ("Russian Ministry of Defense", "Russian Ministry of Health"),
    ("Russian officials", "Ukrainian officials"),
    ("Defense Ministry in Kyiv", "Defense Ministry in Moscow"),
    ("White House", "House"),
    ("Velmora Herald", "Sundby Herald"),
    ("a spokesman", "a spokeswoman"),
    ("Mayor Ada Torvik", "council of Torvik"),
    ("Lebanon", "Caritas Lebanon"),
    ("Canada", "Health Canada"),
    ("France", "Air France"),
    ("Ukraine", "UNICEF Ukraine"),
    ("Israel", "Steve Israel"),
    ("Jordan", "Michael Jordan"),
    ("Jordan", "Mr. Michael Jordan"),
    ("Jordan's government", "Mr. Jordan"),
    ("Ford", "Gerald Ford"),
    ("Watch", "Human Rights Watch"),
    ("Mayor Jones", "Sheriff Jones"),
    ("Mayor Jones", "Deputy Mayor Jones"),
    ("President Jones", "Vice President Jones"),
    ("Prime Minister Jones", "Foreign Minister Jones"),
    ("King Charles", "Prince Charles"),
    ("Pope John", "King John"),
    ("Mr. Lee", "Ms. Lee"),
    ("President Bush", "Governor Bush"),
    ("Torvik Mayor Orr", "Velden Mayor Orr"),
    ("George H. W. Bush", "George W. Bush"),
    ("George H. Bush", "George W. Bush"),
    ("Premier League", "Champions League"),
    ("West Bank", "Bank of West"),
    ("", "Reuters"),
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_two_names_of_one_party_are_one(one, other):
    assert same_party(one, other)
    assert same_party(other, one)


@pytest.mark.parametrize(("one", "other"), TWO)
def test_the_names_of_two_parties_stay_two(one, other):
    assert not same_party(one, other)
    assert not same_party(other, one)


def test_a_ministry_that_could_be_either_countrys_is_taken_for_neither():
    names = ["Sarvenna's Finance Ministry", "Velden's Finance Ministry", "Finance Ministry"]
    assert one_party(names) == {name: name for name in names}


def test_a_name_in_other_words_does_not_make_two_of_one():
    names = ["Gaza's Health Ministry", "Health Ministry", "Gaza Health Ministry"]
    assert set(one_party(names).values()) == {"Gaza's Health Ministry"}


def test_a_surname_that_two_people_share_is_taken_for_neither():
    names = ["Mayor Ada Orr", "Orr", "Mayor Will Orr"]
    assert one_party(names) == {name: name for name in names}


def test_all_names_of_a_party_become_its_first():
    names = [
        "Zelensky",
        "the Finance Ministry",
        "President Volodymyr Zelensky",
        "Zelensky's office",
        "Finance Ministry",
    ]
    assert [one_party(names)[name] for name in names] == [names[at] for at in (0, 1, 0, 0, 1)]


def test_what_the_registry_holds_apart_is_never_one():
    names = ["Zelensky", "President Volodymyr Zelensky"]
    assert one_party(names, {"Zelensky": 1, "President Volodymyr Zelensky": 2}) == {name: name for name in names}
    assert one_party(names, {"Zelensky": 1}) == dict.fromkeys(names, "Zelensky")


@pytest.mark.parametrize(
    "odd", ["'s", "(ISW)", "of of of", "the", "’", "\u200b", "A" * 5000, "of Torvik", "in", "Mr", "𝕏"]
)
def test_odd_names_are_names_like_others(odd):
    assert not same_party(odd, "Finance Ministry")
    assert one_party([odd, "Finance Ministry"])[odd] == odd
