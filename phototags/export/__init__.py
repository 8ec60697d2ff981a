"""The exported tagger: its folder, its model card, its use, and the Hugging Face hub."""
