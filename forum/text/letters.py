def plain_text_html(text:str)->str: return text
