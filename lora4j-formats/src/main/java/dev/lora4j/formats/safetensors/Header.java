package dev.lora4j.formats.safetensors;

import dev.lora4j.formats.StoredTensor;
import java.util.Map;

record Header(Map<String, String> metadata, Map<String, StoredTensor.Mapped> tensors) {}
