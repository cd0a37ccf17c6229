"""Makes `bot/text/families.tsv` and `compounds.tsv`: `python -m jobs.word_table CORPUS…`.

Not part of the running program. A corpus is a file of papers: JSON lines, a JSON list (both also gzipped) or XML, with
fields named title and abstract, summary or description, as arXiv, Hugging Face, bioRxiv and the ACL Anthology give.

Four sources decide, in this order:

1. English inflection, from lemminflect's tables (in turn from the NIH SPECIALIST lexicon): which forms a verb has,
   irregular plurals. It brings what rules cannot: spectra, genera, written, and that "string" is no form of "stre".
2. Derivation by suffix, only onto verbs of that lexicon: compression, retrieval, alignment, detector.
3. Counts. How much likelier a form is in papers that hold the rest of its family (the *lift*) says whether papers use
   it for the same idea. "route" and "ground" stay out of routing and grounding; "mask", "schedule" and "track" join.
4. `jobs/word_table/choices.tsv`, where the counts are thin or mislead, each line with its reason.
"""
