package dev.korm.kalam.file;

/**
 * The progress of an upload.
 *
 * @param fileIndex the file's number, from 1
 * @param totalFiles the files
 * @param fileName the file's placeholder
 * @param bytesSent the bytes of this file that were handed to the network
 * @param totalBytes the bytes of this file
 * @param percent their part of it, from 0 to 100
 */
public record UploadProgress(
        int fileIndex, int totalFiles, String fileName, long bytesSent, long totalBytes, int percent) {}
