"""The SDMX-ML 3.0 structures: data structure, dataflow, concepts and code lists, written by pysdmx.

pysdmx knows one language for each name; the Vietnamese ones are added to what it has written. It also says of every attribute
which measure it is about. There is one measure, the element is optional, and sdmx1 cannot read it, so it is taken out.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Organisation,
    Role,
)
from pysdmx.model.message import Header

from hai_ha_pipeline.exports import sdmx_components as sdmx
from hai_ha_pipeline.exports.sdmx_codes import Codes, code_lists
from hai_ha_pipeline.storage.copying import Finished

NAMESPACES = {
    "mes": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message",
    "str": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure",
    "com": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ROLES = {"dimension": Role.DIMENSION, "measure": Role.MEASURE, "attribute": Role.ATTRIBUTE}
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_structures(warehouse: Finished, file: Path) -> None:
    """Write the structures that the figures keep to; the message is dated by the newest content, never by the clock."""
    lists = code_lists(warehouse)
    ((newest,),) = warehouse.rows("SELECT max(ingested_at) FROM core.dim_source")
    header = Header(
        id=sdmx.STRUCTURE,
        prepared=(newest or datetime(1970, 1, 1)).replace(tzinfo=UTC, microsecond=0),  # noqa: DTZ001
        sender=Organisation(id=sdmx.AGENCY),
    )
    written = write_sdmx(_structures(lists), Format.STRUCTURE_SDMX_ML_3_0, header=header) or ""
    for prefix, address in NAMESPACES.items():
        ET.register_namespace(prefix, address)
    message = ET.fromstring(written)  # noqa: S314 - pysdmx has just written it
    _add_vietnamese_names(message, lists)
    _leave_out_the_only_measure(message)
    ET.indent(message)
    file.write_bytes(ET.tostring(message, encoding="UTF-8", xml_declaration=True) + b"\n")


def _structures(lists: list[Codes]) -> list[Codelist | ConceptScheme | DataStructureDefinition | Dataflow]:
    by_id = {codes.id: _code_list(codes) for codes in lists}
    concepts = ConceptScheme(
        sdmx.CONCEPTS,
        name="Concepts of plan tracking",
        items=[Concept(component.id, name=component.name, description=component.meaning) for component in sdmx.COMPONENTS],
        agency=sdmx.AGENCY,
        version=sdmx.VERSION,
    )
    structure = DataStructureDefinition(
        sdmx.STRUCTURE,
        name="Plan targets and results as printed",
        components=Components([_component(component, by_id) for component in sdmx.COMPONENTS]),
        agency=sdmx.AGENCY,
        version=sdmx.VERSION,
    )
    flow = Dataflow(
        sdmx.FLOW, name="Plan targets and results that hold today", structure=structure, agency=sdmx.AGENCY, version=sdmx.VERSION
    )
    return [*by_id.values(), concepts, structure, flow]


def _component(component: sdmx.Component, lists: dict[str, Codelist]) -> Component:
    return Component(
        component.id,
        required=component.is_required,
        role=ROLES[component.role],
        concept=ItemReference("Concept", sdmx.AGENCY, sdmx.CONCEPTS, sdmx.VERSION, component.id),
        local_dtype=None if component.codelist else DataType(component.dtype),
        local_codes=lists[component.codelist] if component.codelist else None,
        attachment_level=component.attached_to if component.role == "attribute" else None,
    )


def _code_list(codes: Codes) -> Codelist:
    return Codelist(
        codes.id,
        name=codes.name,
        agency=sdmx.AGENCY,
        version=sdmx.VERSION,
        items=[Code(code.id, name=_printable(code.name_en), description=_printable(code.description)) for code in codes.codes],
    )


def _add_vietnamese_names(message: ET.Element, lists: list[Codes]) -> None:
    for codes in lists:
        names = {code.id: code.name_vi for code in codes.codes if code.name_vi}
        for code in message.iterfind(f".//str:Codelist[@id='{codes.id}']/str:Code", NAMESPACES):
            if vietnamese := names.get(code.get("id", "")):
                name = ET.Element(f"{{{NAMESPACES['com']}}}Name", {LANGUAGE: "vi"})
                name.text = _printable(vietnamese)
                code.insert(1, name)


def _leave_out_the_only_measure(message: ET.Element) -> None:
    for attribute in message.iterfind(".//str:Attribute", NAMESPACES):
        for measures in attribute.findall("str:MeasureRelationship", NAMESPACES):
            attribute.remove(measures)


def _printable(text: str) -> str:
    """A text without what XML cannot hold."""
    return NOT_IN_XML.sub("\ufffd", text)
