"""Documents of office programs, books and subtitles → their stories."""
