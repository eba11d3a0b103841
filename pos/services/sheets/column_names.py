"""How other systems, and people, call the columns of a shop: English, German, French, Spanish.

The likelier name stands first. A name may stand for one column only.
"""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


COMMON_NAMES: dict[str, tuple[str, ...]] = {
    "code": _names(
        "SKU, Item code, Item number, Article number, Product code, Article code, Item no, Item #,"
        "Item ID, Article no, Product number, Product ID, Part number, Stock code, Variant SKU, PLU,"
        "Reference, Internal reference, Ref, ID, Artikelnummer, Artikel-Nr, Art.-Nr, Artnr,"
        "Artikelcode, Bestellnummer, Code article, Référence, Référence interne, Code produit,"
        "Código, Código de artículo, Código de producto, Referencia, Referencia interna, Clave"
    ),
    "barcode": _names(
        "EAN, UPC, GTIN, EAN-13, EAN13, UPC-A, EAN code, UPC code, EAN/UPC, Bar code, Barcodes,"
        "Variant barcode, GTIN-13, EAN-8, ISBN, Strichcode, Strich-Code, EAN-Code, EAN-Nummer,"
        "Code-barres, Code barre, Code barres, Gencod, Código de barras, Codigo barras"
    ),
    "name": _names(
        "Product name, Item name, Title, Product title, Article name, Product, Item, Article,"
        "Display name, Full name, Label, Bezeichnung, Artikelbezeichnung, Artikelname, Artikel,"
        "Produktname, Produkt, Nom, Désignation, Libellé, Nom du produit, Produit, Intitulé,"
        "Nombre, Nombre del producto, Denominación, Producto, Artículo, Título"
    ),
    "size": _names(
        "Pack size, Package size, Variant, Option1 value, Format, Size/Unit, Größe, Gebinde,"
        "Packungsgröße, Inhalt, Variante, Taille, Contenance, Conditionnement, Talla, Tamaño,"
        "Contenido, Presentación"
    ),
    "price": _names(
        "Sales price, Selling price, Retail price, Unit price, Variant price, Price incl. tax,"
        "Price incl. VAT, Retail, List price, RRP, MSRP, Sale price, Regular price, Default price,"
        "Gross price, New price, Preis, Verkaufspreis, VK, VK-Preis, VK brutto, Bruttopreis, UVP,"
        "Einzelpreis, Stückpreis, Prix, Prix de vente, Prix TTC, PV TTC, Prix unitaire, Prix public,"
        "PVP, Precio, Precio de venta, Precio unitario, Precio venta"
    ),
    "cost": _names(
        "Cost price, Unit cost, Purchase price, Cost per item, Supply price, Buying price,"
        "Wholesale price, Supplier price, Average cost, EK, EK-Preis, Einkaufspreis, EK netto,"
        "Kosten, Prix d'achat, Prix de revient, PA HT, Coût, Coste, Costo, Precio de compra,"
        "Precio de coste, Precio costo"
    ),
    "quantity": _names(
        "Qty, On hand, Stock, Quantity on hand, Qty on hand, Stock on hand, In stock, Stock level,"
        "Stock quantity, Current stock, Inventory, Variant inventory qty, Opening stock, Available,"
        "Units, Counted, Count, Bestand, Lagerbestand, Menge, Anzahl, Stück, Quantité,"
        "Quantité en stock, Qté, Stock actuel, Cantidad, Existencias, Existencia, Unidades,"
        "Stock disponible"
    ),
    "categories": _names(
        "Category, Product category, Category name, Department, Dept, Product type, Type, Tags, Group,"
        "Product group, Item group, Class, Collection, Kategorie, Kategorien, Warengruppe,"
        "Artikelgruppe, Abteilung, Catégorie, Catégories, Rayon, Famille, Groupe, Categoría,"
        "Categorías, Familia, Departamento, Grupo"
    ),
    "description": _names(
        "Product description, Long description, Item description, Body, Body (HTML), Details,"
        "Desc, Beschreibung, Artikelbeschreibung, Langtext, Descriptif, Descripción, Detalle"
    ),
    "tax_rate": _names(
        "Tax, VAT, VAT rate, Tax rate, Tax code, Tax %, VAT %, Tax class, Sales tax, GST, MwSt,"
        "MwSt-Satz, USt, Steuersatz, Mehrwertsteuer, Steuer, TVA, Taux TVA, Taux de TVA, IVA,"
        "Tipo de IVA, Impuesto, Tipo impositivo"
    ),
    "style": _names(
        "Style code, Style number, Model, Model number, Parent SKU, Handle, Parent, Matrix,"
        "Modell, Stil, Modèle, Modelo, Estilo"
    ),
    "sold_by": _names(
        "Unit of measure, UOM, Unit, Measure, Sold in, Sales unit, Einheit, Mengeneinheit, Unité,"
        "Unité de vente, Unidad, Unidad de medida"
    ),
    "reorder_point": _names(
        "Reorder level, Minimum stock, Min stock, Minimum, Low stock alert, Low stock threshold,"
        "Reorder at, Meldebestand, Mindestbestand, Stock minimum, Seuil de réapprovisionnement,"
        "Stock d'alerte, Stock mínimo, Punto de pedido"
    ),
    "email": _names(
        "E-mail, E-mail address, Email address, Mail, E-Mail-Adresse, Courriel, Adresse e-mail,"
        "Correo, Correo electrónico"
    ),
    "phone": _names(
        "Telephone, Phone number, Mobile, Mobile phone, Cell, Cell phone, Tel, Telefon,"
        "Telefonnummer, Handy, Téléphone, Portable, Teléfono, Móvil"
    ),
    "company": _names(
        "Company name, Business, Organisation, Organization, Firma, Unternehmen, Société,"
        "Entreprise, Empresa, Compañía"
    ),
    "address": _names(
        "Street, Address line 1, Address 1, Street address, Adresse, Anschrift, Straße, Rue,"
        "Dirección, Calle, Domicilio"
    ),
    "notes": _names(
        "Note, Comment, Comments, Remarks, Notiz, Notizen, Bemerkung, Remarque, Commentaire, Notas,"
        "Observaciones"
    ),
}
